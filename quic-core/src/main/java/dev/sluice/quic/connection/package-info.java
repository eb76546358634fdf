/** A connection as a pure state machine: the table of contents and what it delegates to. */
package dev.sluice.quic.connection;
