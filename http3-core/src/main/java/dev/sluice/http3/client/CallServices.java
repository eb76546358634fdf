package dev.sluice.http3.client;

import java.net.http.HttpClient.Redirect;
import java.util.concurrent.Executor;

/**
 * What all calls of a client have in common. Any thread.
 *
 * @param loop where connections and attempts belong
 * @param executor runs what is the user's
 * @param pool belongs to the loop
 * @param operations knows the calls that are under way
 * @param earlyData says which requests may go out as 0-RTT
 * @param retryIdempotent whether they are sent again when their connection was lost
 */
record CallServices(
    Executor loop,
    Executor executor,
    ConnectionPool pool,
    Operations operations,
    Cookies cookies,
    Authentication authentication,
    Redirect redirect,
    EarlyData earlyData,
    boolean retryIdempotent) {}
