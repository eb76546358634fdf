package dev.sluice.http3.server;

import dev.sluice.http3.connection.Http3Config;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all loops of a server have in common. Any thread.
 *
 * @param threads where the handler is called
 * @param maxConcurrentRequests of one client, and handlers that run for one connection
 * @param early what is done with early requests; null for nothing in particular
 * @param sessions what there is of WebTransport
 * @param contentRetention how long unread content of connections that have ended is kept
 * @param clock says what day it is
 * @param accepted how many connections there were so far, to number them
 */
record ServerServices(
    Http3Config config,
    Http3Handler handler,
    HandlerThreads threads,
    long maxConcurrentRequests,
    EarlyRequests early,
    ServerSessions sessions,
    SecureRandom random,
    Duration contentRetention,
    InstantSource clock,
    AtomicLong accepted) {}
