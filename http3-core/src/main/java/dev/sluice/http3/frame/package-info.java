/**
 * The frames of HTTP/3 (RFC 9114 §7): their layouts, and {@link
 * dev.sluice.http3.frame.FrameReader}, which takes them off a stream without ever holding content.
 */
package dev.sluice.http3.frame;
