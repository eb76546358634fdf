package dev.sluice.http3.session;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.message.RequestHead;
import java.util.List;

/**
 * What a client asks for.
 *
 * @param head authority, path with query, and fields
 * @param protocols application protocols that it offers, most wanted first; possibly none
 * @param connection what is known of its connection
 */
public record SessionRequest(RequestHead head, List<String> protocols, ConnectionInfo connection) {}
