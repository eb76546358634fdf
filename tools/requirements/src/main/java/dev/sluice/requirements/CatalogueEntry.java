package dev.sluice.requirements;

/**
 * One normative sentence of a specification.
 *
 * @param id document, section and the ordinal of the sentence in it: {@code RFC9000-10.2#3}
 * @param level the keyword as RFC 2119 has it: {@code MUST NOT}, {@code SHOULD}
 * @param addressee who has to follow it: {@code endpoint} where that is us, otherwise who is spoken
 *     to, such as {@code registry} or {@code deployment}
 * @param gist what it says, in few words of ours
 */
public record CatalogueEntry(String id, String level, String addressee, String gist) {

  /** {@code RFC9000}. */
  public String document() {
    return id.substring(0, id.indexOf('-'));
  }

  /** {@code 10.2}, or {@code A.3} of an appendix. */
  public String section() {
    return id.substring(id.indexOf('-') + 1, id.indexOf('#'));
  }

  /** Whether an implementation breaks the protocol when it does otherwise. */
  public boolean isAbsolute() {
    return switch (level) {
      case "MUST", "MUST NOT", "SHALL", "SHALL NOT", "REQUIRED" -> true;
      default -> false;
    };
  }

  /** Whether it speaks to those who implement the protocol. */
  public boolean concernsEndpoints() {
    return addressee.equals("endpoint");
  }

  /** Whether it stands in a section or below it: 10.2.1 stands in 10, 10.2 and 10.2.1. */
  public boolean isIn(String section) {
    return section().equals(section) || section().startsWith(section + ".");
  }
}
