package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.ending.Retry;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Requests, answers, refusals, both steps of GOAWAY and the end of the connection race over any
 * network. Each request then has one ending; one that is safe to repeat was seen by no application
 * that has not turned it away, and one that is complete has all of the answer.
 */
class GoawayRacesTest {
  private static final int STEPS = 40;

  /** What is under way in one network. */
  private static final class Race {
    final SplittableRandom random;
    final LivePair pair;
    final List<RequestStream> requests = new ArrayList<>();
    final Set<Long> seen = new HashSet<>();
    final Set<Long> turnedAway = new HashSet<>();
    final Map<Long, Integer> answers = new HashMap<>();
    final Map<Long, Integer> received = new HashMap<>();
    private int told;

    Race(Simulation sim) {
      pair = new LivePair(sim);
      random = sim.random();
      for (Link link : List.of(pair.toServer, pair.toClient)) {
        link.loss(random.nextDouble(0.3)).jitter(Simulation.ms(random.nextInt(30)));
      }
    }

    void run() {
      for (int step = 0; step < STEPS && pair.client.quic.ending() == null; step++) {
        switch (random.nextInt(24)) {
          case 0 -> pair.server.http.announceGoaway();
          case 1 -> pair.server.http.goaway();
          case 2 -> close(pair.server);
          default -> open();
        }
        pair.run(random.nextInt(25));
        serve();
        read();
      }
      close(pair.server);
      for (Link link : List.of(pair.toServer, pair.toClient)) {
        link.loss(0);
      }
      pair.run(60_000); // as long as it takes to notice, if the close was lost
      read();
    }

    private void close(LivePair.Side side) {
      if (side.quic.ending() == null) {
        side.http.close(Http3Error.H3_NO_ERROR, "");
      }
    }

    private void open() {
      if (pair.client.http.canOpenRequests()) {
        boolean whole = random.nextBoolean();
        RequestStream request =
            pair.client.http.openRequest(whole ? Pair.get("/") : Pair.post("/"), whole);
        if (request != null) {
          requests.add(request);
        }
      }
    }

    private void serve() {
      List<Http3Event.Request> all = pair.server.all(Http3Event.Request.class);
      for (Http3Event.Request event : all.subList(told, all.size())) {
        RequestStream request = event.stream();
        assertTrue(seen.add(request.id()));
        switch (random.nextInt(5)) {
          case 0 -> {
            turnedAway.add(request.id());
            request.cancel(Http3Error.H3_REQUEST_REJECTED);
          }
          case 1 -> request.cancel(Http3Error.H3_INTERNAL_ERROR);
          case 2 -> {} // it thinks about it until the end
          default -> {
            byte[] content = new byte[1 + random.nextInt(3000)];
            request.sendResponse(Pair.ok(), false);
            answers.put(request.id(), request.writeData(content, 0, content.length));
            request.finish();
          }
        }
      }
      told = all.size();
    }

    private void read() {
      for (RequestStream request : requests) {
        received.merge(request.id(), Pair.readAll(request).length, Integer::sum);
      }
      Pair.take(pair.client.http, pair.client.events);
    }

    void check() {
      List<Long> ended =
          pair.client.all(Http3Event.RequestEnded.class).stream()
              .map(event -> event.stream().id())
              .toList();
      assertEquals(requests.size(), ended.size(), "each has one ending");
      assertEquals(requests.size(), new HashSet<>(ended).size());
      for (RequestStream request : requests) {
        RequestEnding ending = request.ending();
        assertNotNull(ending);
        if (ending.retry() == Retry.ANY_METHOD) {
          boolean unknown = !seen.contains(request.id()) || turnedAway.contains(request.id());
          assertTrue(unknown, request.id() + " was seen: " + ending.describe());
          assertFalse(ending.mayHaveBeenProcessed());
        }
        if (ending.isComplete()) {
          assertEquals(answers.get(request.id()), received.get(request.id()));
        }
      }
    }
  }

  @Test
  @Requirement({"RFC9114-5.2#2", "RFC9114-5.2#3"})
  void whatIsSafeToRepeatWasNotActedOn() {
    Map<Class<?>, Integer> endings = new HashMap<>();
    Simulation.seeds(
        100,
        sim -> {
          Race race = new Race(sim);
          race.run();
          race.check();
          race.requests.forEach(
              request -> endings.merge(request.ending().getClass(), 1, Integer::sum));
        });
    // Or it has not been a race.
    assertTrue(endings.size() >= 5, endings.toString());
  }
}
