package dev.sluice.http3.webtransport;

/** Where a session is between its request and its end. */
enum SessionState {
  /** Client: the request is on its way. */
  CONNECTING,
  /** Server: the request waits for the application's answer. */
  REQUESTED,
  OPEN,
  ENDED
}
