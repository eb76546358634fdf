package dev.sluice.testkit.cddl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CddlTest {
  private final Cddl schema = new Cddl();

  CddlTest() {
    schema.read(
        """
        1.  Prose, in which a name = value is no rule.

           uint8 = uint .size 1
           hex = text .regexp "([0-9a-f]{2})*"

           Base = {
               name: text
           }

           Thing = {
               ~Base
               id: uint8
               ; a comment: with "quotes" { and brackets
               ? color: "red" / "green"
               ? parts: [+ $Part]
               ? ranges: [* Range]
               ? more: {* text => any}
               * $$thing-extension
           }

                              Figure 1: a thing

           Range = [1*2 uint8]

           $Part /= {
               * text => any
           }

           $Part /= Wheel / Door

           Wheel = {
               frame_type: "wheel"
               size: uint8
           }

           Door = {
               frame_type: "door"
               ? open: bool .default false
           }
        """);
  }

  private List<String> faults(String json) {
    try {
      return schema.faults("Thing", new ObjectMapper().readTree(json.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'name':'a','id':255}",
        "{'name':'a','id':0,'color':'green','parts':[{'frame_type':'wheel','size':1}]}",
        "{'name':'a','id':0,'parts':[{'frame_type':'door'},{'frame_type':'door','open':true}]}",
        "{'name':'a','id':0,'ranges':[[1],[2,3]],'more':{'anything':[null]}}",
        "{'name':'a','id':0,'ranges':[]}",
      })
  void whatIsRightPasses(String json) {
    assertEquals(List.of(), faults(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'id':1} | : no name
          {'name':'a'} | : no id
          {'name':'a','id':256} | .id: 256 is no
          {'name':'a','id':-1} | .id: -1 is no uint
          {'name':'a','id':1.5} | .id: 1.5 is no uint
          {'name':7,'id':1} | .name: 7 is no text
          {'name':'a','id':1,'colour':'red'} | : a field colour that
          {'name':'a','id':1,'color':'blue'} | .color: "blue" is none of
          {'name':'a','id':1,'parts':[]} | .parts: [] is no array of
          {'name':'a','id':1,'ranges':[[1,2,3]]} | .ranges[0]: [1,2,3] is no array of
          {'name':'a','id':1,'parts':[{'frame_type':'wheel'}]} | .parts[0]: no size
          {'name':'a','id':1,'parts':[{'frame_type':'sail'}]} | .parts[0].frame_type
          """)
  void whatIsWrongIsSaid(String json, String fault) {
    List<String> faults = faults(json);
    assertEquals(1, faults.size(), faults::toString);
    assertEquals(fault, faults.getFirst().substring(0, fault.length()));
  }

  @Test
  void hexadecimalDigitsComeInPairs() throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    assertEquals(List.of(), schema.faults("hex", json.readTree("\"00ff\"")));
    assertEquals(1, schema.faults("hex", json.readTree("\"0ff\"")).size());
    assertEquals(1, schema.faults("hex", json.readTree("\"FF\"")).size());
  }
}
