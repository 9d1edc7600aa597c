package org.condatainer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.condatainer.lock.ImageUse;
import org.condatainer.lock.LockHolder;
import org.condatainer.overlay.CondaEnvironment;
import org.condatainer.overlay.CondaPackage;
import org.condatainer.overlay.OverlayInfo;
import org.condatainer.overlay.Owner;
import org.condatainer.overlay.Superblock;

/** {@code overlay info --json}: camel case, sizes in {@code …Bytes}, times in UTC. */
final class OverlayInfoJson {
  private OverlayInfoJson() {}

  static String write(OverlayInfo info, ImageUse use) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartObject();
      out.writeStringField("image", info.image().toString());
      out.writeStringField("kind", info.kind().name().toLowerCase(Locale.ROOT));
      out.writeNumberField("fileBytes", info.fileBytes());
      if (info.superblock().isPresent()) {
        superblock(info.superblock().get(), out);
      }
      owner(info.upper(), out);
      use(use, out);
      if (info.environment().isPresent()) {
        environment(info.environment().get(), out);
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void superblock(Superblock superblock, JsonGenerator out) throws IOException {
    out.writeNumberField("sizeBytes", superblock.bytes());
    out.writeNumberField("freeBytes", superblock.freeBlocks() * superblock.blockSize());
    out.writeNumberField("reservedBytes", superblock.reservedBlocks() * superblock.blockSize());
    out.writeNumberField("files", superblock.inodes() - superblock.freeInodes());
    out.writeNumberField("mostFiles", superblock.inodes());
    out.writeNumberField("blockBytes", superblock.blockSize());
    out.writeBooleanField("mountable", superblock.mountable());
    out.writeBooleanField("clean", superblock.clean());
    out.writeBooleanField("needsRecovery", superblock.needsRecovery());
    out.writeBooleanField("errors", superblock.interrupted());
    out.writeBooleanField("cutOff", superblock.shorterThanItsFileSystem());
    time("lastMounted", superblock.lastMounted(), out);
    time("lastChecked", superblock.lastChecked(), out);
    out.writeNumberField("mountsSinceCheck", superblock.mountCount());
    strings("features", superblock.features(), out);
    out.writeStringField("uuid", superblock.uuid().toString());
  }

  private static void time(String name, Optional<Instant> time, JsonGenerator out)
      throws IOException {
    if (time.isPresent()) {
      out.writeStringField(name, time.get().toString());
    }
  }

  private static void owner(Optional<Owner> owner, JsonGenerator out) throws IOException {
    if (owner.isPresent()) {
      out.writeObjectFieldStart("owner");
      out.writeNumberField("uid", owner.get().uid());
      out.writeNumberField("gid", owner.get().gid());
      out.writeEndObject();
    }
  }

  private static void use(ImageUse use, JsonGenerator out) throws IOException {
    String lock = use.lock().state().name().toLowerCase(Locale.ROOT).replace('_', '-');
    out.writeStringField("lock", lock);
    out.writeArrayFieldStart("holders");
    for (LockHolder holder : use.holders().holders()) {
      out.writeStartObject();
      out.writeStringField("pid", Long.toString(holder.pid()));
      out.writeStringField("user", holder.user());
      out.writeStringField("command", holder.command());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void environment(CondaEnvironment environment, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart("environment");
    strings("channels", environment.channels(), out);
    strings("requested", environment.requested(), out);
    out.writeArrayFieldStart("packages");
    for (CondaPackage found : environment.packages()) {
      out.writeStartObject();
      out.writeStringField("name", found.name());
      out.writeStringField("version", found.version());
      out.writeStringField("build", found.build());
      out.writeStringField("channel", found.channel());
      out.writeStringField("url", found.url());
      out.writeEndObject();
    }
    out.writeEndArray();
    strings("pip", environment.pip(), out);
    strings("unread", environment.unread(), out);
    out.writeEndObject();
  }

  private static void strings(String name, List<String> texts, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }
}
