# Uploads DIR/0.bin to DIR/(COUNT-1).bin over explicit TLS with Net::FTP.
use strict;
use warnings;
use Net::FTP;

my ($host, $port, $dir, $count) = @ARGV;
my $ftp = Net::FTP->new($host, Port => $port, Passive => 1, Timeout => 20, SSL_verify_mode => 0)
    or die "connect: $@\n";
$ftp->starttls or die 'starttls: ', $ftp->message;
$ftp->login('ann', 'secret') or die 'login: ', $ftp->message;
$ftp->prot('P') or die 'prot: ', $ftp->message;
$ftp->binary;
for my $i (0 .. $count - 1) {
    $ftp->put("$dir/$i.bin", "$i.bin") or die "put $i.bin: ", $ftp->message;
}
$ftp->quit;
