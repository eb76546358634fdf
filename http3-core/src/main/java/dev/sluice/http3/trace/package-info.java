/** What HTTP/3 does on a connection, for those who watch it. */
package dev.sluice.http3.trace;
