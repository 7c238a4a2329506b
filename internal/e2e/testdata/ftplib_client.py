"""Drives an FTP server with Python's ftplib: SECURITY MODE HOST PORT USER PASSWORD."""

import ftplib
import io
import sys

security, mode, host, port, user, password = sys.argv[1:]


class ImplicitTLS(ftplib.FTP_TLS):
    """FTP_TLS, protected from the first byte on."""

    _sock = None

    @property
    def sock(self):
        return self._sock

    @sock.setter
    def sock(self, value):
        if value is not None and not hasattr(value, "unwrap"):
            value = self.context.wrap_socket(value)
        self._sock = value

    def login(self, user, password):
        return ftplib.FTP.login(self, user, password)  # FTP_TLS would say AUTH first


clients = {"ftp": ftplib.FTP, "ftps-explicit": ftplib.FTP_TLS, "ftps-implicit": ImplicitTLS}


def connect():
    ftp = clients[security](encoding="utf-8")
    ftp.set_pasv(mode == "passive")
    ftp.connect(host, int(port), timeout=30)
    return ftp


def refused(call, *args):
    try:
        call(*args)
    except ftplib.error_perm as err:
        return str(err)[:3]
    raise AssertionError(f"{call} {args} was not refused")


ftp = connect()
assert refused(ftp.login, user, "wrong") == "530"
ftp.close()

ftp = connect()
ftp.login(user, password)
if security != "ftp":
    ftp.prot_p()

whole = bytes(range(256)) * 4096
assert ftp.storbinary("STOR a b ü.bin", io.BytesIO(whole)).startswith("226")
assert ftp.size("a b ü.bin") == len(whole)

got = io.BytesIO()
assert ftp.retrbinary("RETR a b ü.bin", got.write).startswith("226")
assert got.getvalue() == whole

got = io.BytesIO()
ftp.retrbinary("RETR a b ü.bin", got.write, rest=100_000)
assert got.getvalue() == whole[100_000:]

ftp.storbinary("STOR empty", io.BytesIO(b""))
assert ftp.size("empty") == 0

assert ftp.mkd("/dir ä") == "/dir ä"
ftp.cwd("/dir ä")
assert ftp.pwd() == "/dir ä"
ftp.storlines("STOR lines.txt", io.BytesIO(b"one\ntwo\n"))
lines = []
ftp.retrlines("RETR lines.txt", lines.append)
assert lines == ["one", "two"], lines
ftp.storbinary("APPE lines.txt", io.BytesIO(b"three\n"))
lines = []
ftp.retrlines("RETR lines.txt", lines.append)
assert lines == ["one", "two", "three"], lines

assert ftp.nlst() == ["lines.txt"], ftp.nlst()
facts = dict(ftp.mlsd("/", ["type", "size", "modify"]))
assert facts["a b ü.bin"]["type"] == "file" and facts["a b ü.bin"]["size"] == str(len(whole)), facts
assert facts["dir ä"]["type"] == "dir", facts
listing = []
ftp.dir(listing.append)
assert len(listing) == 1 and listing[0].endswith(" lines.txt"), listing

assert ftp.sendcmd("MFMT 20200229235959 lines.txt").startswith("213")
assert ftp.sendcmd("MDTM lines.txt") == "213 20200229235959"

assert refused(ftp.rmd, "/dir ä") == "550"
assert refused(ftp.delete, "none") == "550"
assert refused(ftp.size, "none") == "550"
assert refused(ftp.retrbinary, "RETR none", got.write) == "550"
assert refused(ftp.cwd, "/none") == "550"

ftp.rename("lines.txt", "/moved.txt")
ftp.cwd("/")
ftp.rmd("/dir ä")
for name in ["moved.txt", "a b ü.bin", "empty"]:
    ftp.delete(name)
assert ftp.nlst() == [], ftp.nlst()
ftp.mkd("kept")
ftp.quit()
