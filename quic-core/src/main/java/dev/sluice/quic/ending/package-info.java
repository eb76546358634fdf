/** How connections and streams end, as values. */
package dev.sluice.quic.ending;
