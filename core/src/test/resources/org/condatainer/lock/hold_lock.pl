# hold_lock.pl KIND MODE FILE: takes a lock, says "locked" or "refused", keeps it until its input ends.
# KIND is ofd, posix or flock; MODE is read or write. The lock is on the bytes that Apptainer locks: the whole file.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock SEEK_SET);

use constant F_OFD_SETLK => 37;

my ($kind, $mode, $path) = @ARGV;
my $write = $mode eq 'write';
sysopen(my $file, $path, $write ? O_RDWR : O_RDONLY) or die "$path: $!\n";
my $taken;
if ($kind eq 'flock') {
  $taken = flock($file, ($write ? LOCK_EX : LOCK_SH) | LOCK_NB);
} else {
  # struct flock of a 64-bit Linux: short, short, padding, two longs, int, padding
  my $lock = pack('s s x4 q q l x4', $write ? F_WRLCK : F_RDLCK, SEEK_SET, 0, -s $file, 0);
  $taken = fcntl($file, $kind eq 'ofd' ? F_OFD_SETLK : F_SETLK, $lock);
}
$| = 1;
print $taken ? "locked\n" : "refused\n";
exit 1 unless $taken;
1 while <STDIN>;
