package dev.sluice.testkit.qlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The drafts are read as they are meant. */
class QlogSchemaTest {
  private final QlogSchema schema = QlogSchema.require();

  private List<String> faults(String event) {
    QlogRecords records = new QlogRecords();
    records.add("\u001e{}\n");
    records.add("\u001e" + event.replace('\'', '"') + "\n");
    return schema.faults(records.events().getFirst());
  }

  @Test
  void allEventsOfTheTablesAreThere() {
    assertEquals(38 + 9 + 2, schema.kinds());
    assertTrue(schema.knows("quic:udp_datagrams_sent"));
    assertTrue(schema.knows("http3:frame_created"));
    assertTrue(!schema.knows("quic:frames_processed"), "taken out of the thirteenth draft");
  }

  @Test
  void aPacketThatIsRight() {
    assertEquals(
        List.of(),
        faults(
            """
            {'time':1.5,'name':'quic:packet_sent','data':{
              'header':{'packet_type':'1RTT','packet_number':7,'key_phase':0,'dcid':'00ff'},
              'raw':{'length':40},
              'frames':[{'frame_type':'ack','ack_delay':0.1,'acked_ranges':[[1],[3,5]]},
                {'frame_type':'stream','stream_id':0,'fin':true,'raw':{'length':5}}]}}\
            """));
  }

  @Test
  void aPacketThatIsNot() {
    List<String> faults =
        faults(
            """
            {'time':1,'name':'quic:packet_sent','data':{
              'header':{'packet_type':'2RTT'},'size':40,
              'frames':[{'frame_type':'max_data'},{'frame_type':'sail'}]}}\
            """);
    assertEquals(4, faults.size(), faults::toString);
  }

  @Test
  void mandatoryFieldsOfAnEvent() {
    assertEquals(1, faults("{'name':'quic:spin_bit_updated','data':{'state':true}}").size());
    assertEquals(1, faults("{'time':0,'name':'quic:spin_bit_updated','data':{}}").size());
    assertEquals(1, faults("{'time':0,'name':'quic:spin_bit','data':{'state':true}}").size());
  }

  @Test
  void recordsAreFramed() {
    assertThrows(AssertionError.class, () -> QlogRecords.of("{}\n"));
    assertThrows(AssertionError.class, () -> QlogRecords.of("\u001e{}"));
    assertEquals(1, QlogRecords.of("\u001e{}\n\u001e{\"time\":1}\n").events().size());
  }
}
