package org.condatainer.overlay;

import java.util.ArrayList;
import java.util.List;

/**
 * The feature words of an ext superblock.
 *
 * <p>Apptainer and Singularity accept an image as ext3 only if it has a journal and no feature
 * beyond filetype, recover and meta_bg (incompatible), sparse_super, large_file and btree_dir
 * (read-only compatible): pkg/image/ext3.go. The names are those of ext4(5).
 */
final class ExtFeatures {
  static final int HAS_JOURNAL = 0x4;
  static final int NEEDS_RECOVERY = 0x4;
  static final int META_BG = 0x10;

  private static final int ACCEPTED_INCOMPATIBLE = 0x2 | NEEDS_RECOVERY | META_BG;
  private static final int ACCEPTED_READ_ONLY = 0x1 | 0x2 | 0x4;

  private static final List<String> INCOMPATIBLE_NAMES =
      List.of(
          "compression",
          "filetype",
          "needs_recovery",
          "journal_dev",
          "meta_bg",
          "incompatible bit 5",
          "extent",
          "64bit",
          "mmp",
          "flex_bg",
          "ea_inode",
          "incompatible bit 11",
          "dirdata",
          "metadata_csum_seed",
          "large_dir",
          "inline_data",
          "encrypt",
          "casefold");
  private static final List<String> READ_ONLY_NAMES =
      List.of(
          "sparse_super",
          "large_file",
          "btree_dir",
          "huge_file",
          "uninit_bg",
          "dir_nlink",
          "extra_isize",
          "has_snapshot",
          "quota",
          "bigalloc",
          "metadata_csum",
          "replica",
          "read-only",
          "project",
          "shared_blocks",
          "verity",
          "orphan_present");

  private static final List<String> COMPATIBLE_NAMES =
      List.of(
          "dir_prealloc",
          "imagic_inodes",
          "has_journal",
          "ext_attr",
          "resize_inode",
          "dir_index",
          "lazy_bg",
          "exclude_inode",
          "exclude_bitmap",
          "sparse_super2",
          "fast_commit",
          "stable_inodes",
          "orphan_file");

  private ExtFeatures() {}

  /** The features of an image by their names in ext4(5). */
  static List<String> names(int compatible, int incompatible, int readOnly) {
    List<String> found = new ArrayList<>();
    collect(compatible, COMPATIBLE_NAMES, "compatible bit ", found);
    collect(incompatible, INCOMPATIBLE_NAMES, "incompatible bit ", found);
    collect(readOnly, READ_ONLY_NAMES, "read-only bit ", found);
    return found;
  }

  /** The features that keep a container from mounting an image, empty when none does. */
  static List<String> offenders(int incompatible, int readOnly) {
    List<String> found = new ArrayList<>();
    collect(incompatible & ~ACCEPTED_INCOMPATIBLE, INCOMPATIBLE_NAMES, "incompatible bit ", found);
    collect(readOnly & ~ACCEPTED_READ_ONLY, READ_ONLY_NAMES, "read-only bit ", found);
    return found;
  }

  private static void collect(int bits, List<String> names, String otherwise, List<String> found) {
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      if ((bits & (1 << bit)) != 0) {
        found.add(bit < names.size() ? names.get(bit) : otherwise + bit);
      }
    }
  }
}
