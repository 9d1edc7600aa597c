# Makes a folder with many files and every odd name, or lists what is below a folder.
# Usage: perl tree.pl make FOLDER FOLDERS FILES | perl tree.pl list FOLDER
use strict;
use warnings;
use Digest::SHA;
use File::Find;
use POSIX ();

my ($what, $root, $folders, $files) = @ARGV;

sub put {
  my ($file, $text) = @_;
  open my $out, '>', $file or die "$file: $!";
  print $out $text;
  close $out or die;
}

if ($what eq 'make') {
  mkdir $root or die "$root: $!";
  my $top = $root;
  for my $name (qw(upper ext3 env)) { $top .= "/$name"; mkdir $_ or -d or die "$_: $!" for $top }
  mkdir "$root/work" or die;
  mkdir "$root/work/work" or die;
  for my $i (1 .. $folders) {
    mkdir "$top/d$i" or die;
    put("$top/d$i/f$_", "$i $_\n" x ($_ % 7)) for 1 .. $files;
  }
  my @odd = ("new\nline", "quo'te", 'dq"x', 'end .', 'end ..', ' lead', 'x' x 255, "\xff\xfe bad",
    'back\\slash', "tab\t", '*?[', '-rf', 'sp ace', '<12>', '...', "gr\xc3\xb6\xc3\x9fe");
  mkdir "$top/odd" or die;
  for my $folder (@odd) {
    mkdir "$top/odd/$folder" or die;
    put("$top/odd/$folder/$_", $_) for @odd;
  }
  mkdir "$top/many" or die;
  put(sprintf('%s/many/file-with-a-rather-long-name-%06d', $top, $_), '') for 1 .. ($folders < 20 ? 300 : 3000);
  link "$top/d1/f1", "$top/hard" or die;
  symlink 'd1', "$top/short-link" or die;
  symlink 'y' x 200, "$top/long-link" or die;
  POSIX::mkfifo("$top/fifo", 0640) or die;
  put("$top/suid", 'x');
  chmod 06755, "$top/suid" or die;
  # larger than direct and indirect blocks of 4 KiB reach, with a hole in it
  open my $big, '>', "$top/big" or die;
  print $big map { pack 'N', $_ } 1 .. 1_500_000;
  seek $big, 20_000_000, 0;
  print $big 'end';
  close $big or die;
} else {
  my @lines;
  find({ no_chdir => 1, wanted => sub {
    my ($mode, $size) = (lstat $_)[2, 7];
    my $text = -l _ ? readlink $_ : '';
    my $sum = Digest::SHA->new(1);
    if (-f _) { $sum->addfile($_, 'b') } else { $sum->add($text) }
    my $name = substr $_, length $root;
    return if $name eq '' || $name eq '/lost+found';
    push @lines, sprintf "%s %o %s\n", unpack('H*', $name), $mode, $sum->hexdigest;
  } }, $root);
  print sort @lines;
}
