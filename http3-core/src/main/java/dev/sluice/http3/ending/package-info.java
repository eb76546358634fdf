/**
 * How exchanges and connections end: the error codes of RFC 9114 §8.1 and the sealed family of
 * request endings.
 */
package dev.sluice.http3.ending;
