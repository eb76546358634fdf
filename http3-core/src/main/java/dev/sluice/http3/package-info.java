/**
 * What the HTTP/3 client and server have in common at their surface: what is known of a connection,
 * and how exchanges and connections end, as exceptions.
 */
package dev.sluice.http3;
