/** Linux' system calls for many datagrams at once, through {@code java.lang.foreign}. */
package dev.sluice.quic.io.linux;
