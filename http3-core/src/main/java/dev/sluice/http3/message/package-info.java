/**
 * HTTP messages apart from their framing (RFC 9114 §4): heads, fields, what is malformed about
 * them, the length of their content, and their priority.
 */
package dev.sluice.http3.message;
