package org.condatainer.translation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.condatainer.script.Diagnostic;

/** Translations as JSON, for {@code translate --json} and {@code run --json}. */
public final class TranslationJson {
  private TranslationJson() {}

  /** The translated script and the whole report. */
  public static String write(Translation translation, String script) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartObject();
      out.writeStringField("from", translation.from());
      out.writeStringField("to", translation.to());
      out.writeStringField("script", script);
      report(translation.report(), "report", out);
      out.writeArrayFieldStart("diagnostics");
      for (Diagnostic diagnostic : translation.diagnostics()) {
        out.writeStartObject();
        out.writeStringField("severity", diagnostic.severity().name().toLowerCase(Locale.ROOT));
        if (diagnostic.line() > 0) {
          out.writeNumberField("line", diagnostic.line());
        }
        if (diagnostic.column() > 0) {
          out.writeNumberField("column", diagnostic.column());
        }
        out.writeStringField("message", diagnostic.message());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** The report as an array field of an object that has been begun. */
  public static void report(List<TranslatedPart> report, String field, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(field);
    for (TranslatedPart part : report) {
      out.writeStartObject();
      out.writeNumberField("line", part.line());
      out.writeNumberField("column", part.column());
      out.writeStringField("directive", part.directive());
      out.writeStringField(
          "outcome", part.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      out.writeStringField("detail", part.detail());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
