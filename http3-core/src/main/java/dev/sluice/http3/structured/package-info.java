/** Structured field values (RFC 9651): the data types, and their parser. */
package dev.sluice.http3.structured;
