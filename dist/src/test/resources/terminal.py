"""Runs a command on a terminal of its own, as somebody at a keyboard: STEP... -- COMMAND...
A step is wait:PATTERN, for something new that it shows, send:TEXT, or size:ROWS,COLUMNS.
Prints what was shown, and ends as the command ends (128 + n after signal n; 99 if a wait was in vain)."""
import fcntl, os, pty, re, select, signal, struct, sys, termios, time

steps, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
pid, terminal = pty.fork()
if pid == 0:
    # Until it has a size.
    sys.stdin.readline()
    # Who starts this, a JVM for one, may block SIGQUIT or ignore others.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execvp(command[0], command)


def size(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def more(end):
    if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
        return None
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:
        return ""


size(41, 123)
os.write(terminal, b"\n")
shown, seen = "", 0
for step in steps + ["end"]:
    kind, _, what = step.partition(":")
    if kind == "send":
        os.write(terminal, what.encode())
    elif kind == "size":
        size(*map(int, what.split(",")))
    end = time.monotonic() + 60
    while kind in ("wait", "end"):
        found = re.search(what, shown[seen:]) if kind == "wait" else None
        if found:
            seen += found.end()
            break
        text = more(end)
        if text is None:
            sys.stdout.write(shown)
            print("in vain: " + step)
            sys.exit(99)
        if text == "":
            break
        shown += text
sys.stdout.write(shown.replace("\r\n", "\n"))
status = os.waitpid(pid, 0)[1]
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
