import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.ftp.FTPSClient;

/** Drives an FTP server with Commons Net: SECURITY MODE HOST PORT USER PASSWORD UPLOADS. */
public class CommonsNet {
    static FTPClient ftp;

    public static void main(String[] args) throws Exception {
        String security = args[0], mode = args[1], host = args[2], user = args[4], password = args[5];
        int port = Integer.parseInt(args[3]);
        Path uploads = Path.of(args[6]);

        ftp = connect(security, host, port);
        want(!ftp.login(user, "wrong") && ftp.getReplyCode() == 530, "a wrong password is refused");
        ftp.disconnect();

        ftp = connect(security, host, port);
        want(ftp.login(user, password), "login");
        if (ftp instanceof FTPSClient ftps) {
            ftps.execPBSZ(0);
            ftps.execPROT("P");
        }
        if (mode.equals("active")) {
            ftp.enterLocalActiveMode();
        } else {
            ftp.enterLocalPassiveMode();
        }
        want(ftp.setFileType(FTP.BINARY_FILE_TYPE), "TYPE I");

        content();
        directories();
        uploadAll(uploads);
        want(ftp.logout(), "logout");
        ftp.disconnect();
    }

    static FTPClient connect(String security, String host, int port) throws IOException {
        FTPClient client = new FTPClient();
        if (!security.equals("ftp")) {
            FTPSClient ftps = new FTPSClient("TLSv1.3", security.equals("ftps-implicit"));
            ftps.setEnabledProtocols(new String[] {"TLSv1.3"});
            client = ftps;
        }
        client.setControlEncoding("UTF-8");
        client.setDefaultTimeout(30_000);
        client.setDataTimeout(java.time.Duration.ofSeconds(30));
        client.connect(host, port);
        want(FTPReply.isPositiveCompletion(client.getReplyCode()), "greeting");
        return client;
    }

    static void content() throws IOException {
        byte[] whole = new byte[1 << 20];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = (byte) i;
        }
        want(ftp.storeFile("a b ü.bin", new ByteArrayInputStream(whole)), "storeFile");
        want(ftp.getSize("a b ü.bin").equals(String.valueOf(whole.length)), "getSize");
        want(Arrays.equals(retrieve("a b ü.bin"), whole), "retrieveFile");

        ftp.setRestartOffset(100_000);
        want(Arrays.equals(retrieve("a b ü.bin"), Arrays.copyOfRange(whole, 100_000, whole.length)), "restarted retrieveFile");
        ftp.setRestartOffset(whole.length - 3);
        want(ftp.storeFile("a b ü.bin", new ByteArrayInputStream(new byte[] {7, 8, 9, 10})), "restarted storeFile");
        want(ftp.getSize("a b ü.bin").equals(String.valueOf(whole.length + 1)), "size after a restart");
        want(ftp.appendFile("a b ü.bin", new ByteArrayInputStream(new byte[10])), "appendFile");
        want(ftp.getSize("a b ü.bin").equals(String.valueOf(whole.length + 11)), "size after appendFile");

        try (InputStream in = ftp.retrieveFileStream("none")) {
            want(in == null && ftp.getReplyCode() == 550, "a missing file is 550");
        }
    }

    static byte[] retrieve(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        want(ftp.retrieveFile(name, out), "retrieveFile " + name);
        return out.toByteArray();
    }

    static void directories() throws IOException {
        want(ftp.makeDirectory("dir ä"), "makeDirectory");
        want(ftp.rename("a b ü.bin", "dir ä/moved"), "rename");
        want(ftp.changeWorkingDirectory("/dir ä"), "changeWorkingDirectory");
        want(ftp.printWorkingDirectory().equals("/dir ä"), "printWorkingDirectory");

        for (FTPFile[] files : List.of(ftp.mlistDir(), ftp.listFiles())) {
            FTPFile moved = Stream.of(files).filter(f -> f.getName().equals("moved")).findFirst().orElseThrow();
            want(moved.isFile() && moved.getSize() == (1 << 20) + 11, "listed: " + moved);
        }
        want(Arrays.equals(ftp.listNames(), new String[] {"moved"}), "listNames");
        want(ftp.mlistFile("moved").getSize() == (1 << 20) + 11, "mlistFile");
        want(ftp.setModificationTime("moved", "20200229235959"), "setModificationTime");
        want(ftp.getModificationTime("moved").equals("20200229235959"), "getModificationTime");

        want(!ftp.removeDirectory("/dir ä"), "a full directory stays");
        want(ftp.deleteFile("moved"), "deleteFile");
        want(ftp.changeToParentDirectory(), "changeToParentDirectory");
        want(ftp.removeDirectory("dir ä"), "removeDirectory");
        want(ftp.listFiles().length == 0, "nothing is left");
    }

    static void uploadAll(Path uploads) throws IOException {
        want(ftp.makeDirectory("/up"), "makeDirectory");
        try (Stream<Path> files = Files.list(uploads)) {
            for (Path file : files.toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    want(ftp.storeFile("/up/" + file.getFileName(), in), "upload");
                }
            }
        }
    }

    static void want(boolean ok, String what) {
        if (!ok) {
            throw new AssertionError(what + "; the last reply: " + ftp.getReplyString());
        }
    }
}
