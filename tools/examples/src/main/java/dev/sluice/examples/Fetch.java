package dev.sluice.examples;

import dev.sluice.http3.client.Http3Client;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Fetches a page with the client interface that every Java program knows. */
public final class Fetch {
  public static void main(String[] args) throws Exception {
    try (HttpClient client = Http3Client.newBuilder().build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(args[0])).build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      System.out.println(response.statusCode() + " " + response.body());
    }
  }
}
