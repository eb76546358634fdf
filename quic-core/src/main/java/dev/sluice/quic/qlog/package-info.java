/**
 * qlog: trace events as JSON text sequences (draft-ietf-quic-qlog-main-schema-14,
 * draft-ietf-quic-qlog-quic-events-13), for tools that draw and compare connections. Pure: where
 * the text goes is for {@code dev.sluice.quic.io.QlogDirectory} to know. JSON is only ever written
 * here, which takes less code than a library would take settings.
 *
 * <p>Each event of the three drafts, and who tells it, or why nobody does. {@code QlogEventsTest}
 * knows the same list.
 *
 * <table>
 * <caption>quic</caption>
 * <tr><th>event</th><th>told by</th></tr>
 * <tr><td>server_listening</td><td>{@code endpoint.EndpointTrace}, in the endpoint's log</td></tr>
 * <tr><td>connection_started</td><td>{@code connection.Connection}</td></tr>
 * <tr><td>connection_closed</td><td>{@code connection.Closing}</td></tr>
 * <tr><td>connection_id_updated, tuple_assigned</td><td>{@code connection.PacketTrace}</td></tr>
 * <tr><td>spin_bit_updated</td><td>nobody: the spin bit is not used (RFC 9000 §17.4)</td></tr>
 * <tr><td>connection_state_updated</td><td>{@code connection.Handshake}, {@code Closing}</td></tr>
 * <tr><td>mtu_updated, ecn_state_updated</td><td>{@code recovery.PathTrace}</td></tr>
 * <tr><td>version_information</td><td>{@code connection.VersionNegotiation}</td></tr>
 * <tr><td>alpn_information</td><td>{@code connection.Handshake}</td></tr>
 * <tr><td>parameters_set</td><td>{@code connection.ParameterExchange}, {@code Handshake}</td></tr>
 * <tr><td>parameters_restored</td><td>{@code connection.EarlyData}</td></tr>
 * <tr><td>packet_sent, packet_received</td><td>{@code connection.PacketTrace}; what a server
 * answers without a connection {@code endpoint.EndpointTrace}</td></tr>
 * <tr><td>packet_dropped, packet_buffered</td><td>the same two</td></tr>
 * <tr><td>packets_acked, packet_lost, timer_updated</td><td>{@code recovery.RecoveryTrace}</td></tr>
 * <tr><td>udp_datagrams_sent, udp_datagrams_received, udp_datagram_dropped</td><td>{@code
 * connection.PacketTrace}</td></tr>
 * <tr><td>stream_state_updated, stream_data_moved</td><td>{@code connection.EventQueue}: data from
 * the application and to it; the network's side is in the packets' frames</td></tr>
 * <tr><td>datagram_data_moved</td><td>{@code connection.EventQueue}, {@code Datagrams}</td></tr>
 * <tr><td>frames_created, frames_parsed</td><td>nobody: frames are made when their packet is, which
 * shows them</td></tr>
 * <tr><td>connection_data_blocked_updated, stream_data_blocked_updated,
 * datagram_data_blocked_updated</td><td>nobody: the blocked frames tell of credit, and
 * recovery_metrics_updated of the window; which of several reasons holds a datagram back is not one
 * state here</td></tr>
 * <tr><td>migration_state_updated</td><td>{@code connection.Migration}</td></tr>
 * <tr><td>key_updated, key_discarded</td><td>{@code connection.PacketSpaces}, {@code OneRttKeys},
 * {@code EarlyData}</td></tr>
 * <tr><td>recovery_parameters_set, recovery_metrics_updated, congestion_state_updated</td><td>{@code
 * recovery.PathTrace}, {@code RecoveryTrace}</td></tr>
 * <tr><td>marked_for_retransmit</td><td>nobody: frames are not kept; packet_lost and the frames of
 * later packets tell</td></tr>
 * </table>
 *
 * <table>
 * <caption>http3 and http</caption>
 * <tr><th>event</th><th>told by</th></tr>
 * <tr><td>parameters_set, parameters_restored, stream_type_set, priority_updated, frame_created,
 * frame_parsed, datagram_created, datagram_parsed</td><td>{@code dev.sluice.http3.trace}</td></tr>
 * <tr><td>push_resolved</td><td>nobody: no push is ever allowed</td></tr>
 * <tr><td>capsule_created, capsule_parsed</td><td>nobody: capsules show as the DATA that they lie
 * in</td></tr>
 * </table>
 *
 * <p>The main schema's own namespaces, {@code loglevel} and {@code simulation}, are for free text
 * and for simulators; there is nothing to say in them.
 */
package dev.sluice.quic.qlog;
