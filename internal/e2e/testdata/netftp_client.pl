# Drives an FTP server with Perl's Net::FTP: SECURITY MODE HOST PORT USER PASSWORD UPLOADS.
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Net::FTP;

my ($security, $mode, $host, $port, $user, $password, $uploads) = @ARGV;
my $ftp;

# Net::FTP begins the handshake on a data connection before it reads the reply to
# its command. Where the server refuses the command and closes the connection at
# that moment, whatever the server, the client writes to a connection that is gone.
$SIG{PIPE} = "IGNORE";

# The prototype gives calls in the arguments scalar context, where they tell
# failure by undef.
sub want ($$) {
    my ($ok, $what) = @_;
    $ok or die "$what; the last reply: " . ($ftp ? $ftp->code . " " . $ftp->message : $@) . "\n";
}

sub connected {
    my %tls = $security eq "ftp" ? () : (SSL_verify_mode => 0, SSL_version => "TLSv1_3");
    $tls{SSL} = 1 if $security eq "ftps-implicit";
    $ftp = Net::FTP->new($host, Port => $port, Passive => $mode eq "passive" ? 1 : 0, Timeout => 30, %tls);
    want($ftp, "connect");
    want($ftp->starttls, "starttls") if $security eq "ftps-explicit";
    return $ftp;
}

sub file {
    my ($name, $content) = @_;
    open(my $out, ">:raw", $name) or die "$name: $!";
    print $out $content;
    close($out) or die "$name: $!";
    return $name;
}

sub content {
    my ($name) = @_;
    open(my $in, "<:raw", $name) or die "$name: $!";
    local $/;
    return scalar <$in>;
}

connected();
want(!$ftp->login($user, "wrong") && $ftp->code == 530, "a wrong password is refused");
$ftp->close;

connected();
want($ftp->login($user, $password), "login");
want($ftp->binary, "binary");

my $whole = join("", map { chr } 0 .. 255) x 4096;
my ($name, $dir) = (encode("UTF-8", "a b ü.bin"), encode("UTF-8", "dir ä"));
want($ftp->put(file("up", $whole), $name), "put");
want($ftp->size($name) == length $whole, "size");
want($ftp->get($name, "down") && content("down") eq $whole, "get");
want($ftp->get($name, file("down", substr($whole, 0, 100_000)), 100_000) && content("down") eq $whole, "get with restart");
want($ftp->append(file("more", "more"), $name), "append");
want($ftp->size($name) == 4 + length $whole, "size after append");
want(!$ftp->get("none", "none") && $ftp->code == 550, "a missing file is 550");

want($ftp->mkdir($dir), "mkdir");
want($ftp->rename($name, "$dir/moved"), "rename");
want($ftp->cwd($dir) && $ftp->pwd eq "/$dir", "cwd");
want(join("|", $ftp->ls) eq "moved", "ls");
want(join("|", $ftp->dir) =~ / moved$/, "dir");
want($ftp->mdtm("moved") > 1_700_000_000, "mdtm");
want($ftp->delete("moved"), "delete");
want($ftp->cdup && $ftp->rmdir($dir), "rmdir");

want($ftp->mkdir("/up"), "mkdir");
for my $path (glob "$uploads/*") {
    my ($base) = $path =~ m{([^/]+)$};
    want($ftp->put($path, "/up/$base"), "upload of $base");
}
want($ftp->quit, "quit");
