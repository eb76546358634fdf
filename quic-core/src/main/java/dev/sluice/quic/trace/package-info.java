/** What goes on inside a connection, for those who watch it. */
package dev.sluice.quic.trace;
