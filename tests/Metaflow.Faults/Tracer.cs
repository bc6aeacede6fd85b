using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Metaflow.Faults;

/// <summary>Runs a program and stops it at each call that changes a file.</summary>
/// <param name="arguments">What to run, and what to do.</param>
/// <param name="log">Receives the calls.</param>
internal sealed unsafe class Tracer(FaultArguments arguments, CallLog log)
{
    private const int Seize = 0x4206;
    private const int Resume = 7;
    private const int ResumeToEnd = 24;
    private const int Listen = 0x4208;
    private const int StoppedEvent = 128;
    private const int FilterEvent = 7;
    private const int Trap = 5;
    private const int NoSpace = 28;
    private const int InputOutput = 5;

    private const int CallEnd = Trap | 0x80;

    // The ends of calls are told from signals; what it starts, its threads, its programs, the filter's stops; and an end of all with the
    // tracer.
    private const nint Options = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x80 | 0x100000;

    private int _root;
    private int _exitCode;
    private int _count;
    private bool _isFull;

    /// <summary>Runs the program to its end, and to the end of all that it started.</summary>
    /// <returns>Its exit code, 128 and the signal if one ended it.</returns>
    public int Run()
    {
        if (!TryStart())
        {
            Console.Error.WriteLine("The system does not let this process trace another one.");
            return FaultArguments.CannotTrace;
        }

        while (NativeMethods.Wait(-1, out var status, NativeMethods.AllChildren) is > 0 and var thread)
        {
            Changed(thread, status);
        }

        return _exitCode;
    }

    private void Changed(int thread, int status)
    {
        var hasExited = (status & 0x7f) == 0;
        var wasKilled = !hasExited && (status & 0xff) != 0x7f;
        if (!hasExited && !wasKilled)
        {
            Stopped(thread, status);
        }
        else if (thread == _root)
        {
            _exitCode = hasExited ? (status >> 8) & 0xff : 128 + (status & 0x7f);
        }
    }

    /// <summary>Starts the program in a shell that stops before it becomes the program, so that it is traced from its first
    /// call.</summary>
    private bool TryStart()
    {
        var process = 0;

        // The filter is for this thread, and what it starts.
        var starter = new Thread(() => process = Spawn(["sh", "-c", "kill -STOP $$; exec \"$0\" \"$@\"", .. arguments.Command]));
        starter.Start();
        starter.Join();
        _root = process;
        return process > 0 && NativeMethods.Wait(process, out _, NativeMethods.Untraced) == process
            && NativeMethods.Trace(Seize, process, 0, Options) == 0
            && NativeMethods.Signal(process, NativeMethods.Continue) == 0;
    }

    private static int Spawn(string[] command)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(static variable => $"{variable.Key}={variable.Value}").ToArray();
        fixed (byte* path = "/bin/sh\0"u8)
        {
            byte** first = Texts(command);
            byte** second = Texts(environment);
            return CallFilter.TryInstall() && NativeMethods.Spawn(out var process, path, 0, 0, first, second) == 0 ? process : 0;
        }
    }

    // Never freed: the process ends soon.
    private static byte** Texts(string[] texts)
    {
        var pointers = (byte**)NativeMemory.Alloc((nuint)((texts.Length + 1) * sizeof(byte*)));
        for (var i = 0; i < texts.Length; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(texts[i] + "\0");
            pointers[i] = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
            bytes.CopyTo(new Span<byte>(pointers[i], bytes.Length));
        }

        pointers[texts.Length] = null;
        return pointers;
    }

    private void Stopped(int thread, int status)
    {
        var (signal, reason) = ((status >> 8) & 0xff, status >> 16);
        if (reason == FilterEvent)
        {
            if (Called(thread) is { } call)
            {
                End(thread, call);
                return;
            }
        }
        else if (reason == StoppedEvent && signal != Trap)
        {
            // The whole program was stopped by a signal, and is continued by one.
            NativeMethods.Trace(Listen, thread, 0, 0);
            return;
        }

        NativeMethods.Trace(Resume, thread, 0, reason == 0 ? signal : 0);
    }

    /// <summary>Numbers a call that is about to begin, and does something to it.</summary>
    /// <returns>The call, or <see langword="null"/> if it does not count.</returns>
    private FileCall? Called(int id)
    {
        var thread = new Tracee(id);
        try
        {
            thread.Stop();
            if (thread.Call == SystemCalls.Write && thread.Argument(0) == 1 && thread.Process == _root)
            {
                log.AddPrinted(thread.Read(thread.Argument(1), (long)thread.Argument(2)));
            }

            if (FileCall.Read(thread) is { } call && IsBelowRoot(call))
            {
                _count++;
                Disturb(thread, call);
                return call;
            }
        }
        catch (IOException) when (thread.IsGone())
        {
            // Another one killed it meanwhile. A call of a living thread that cannot be read ends the tracer: a log without it would show
            // files that nobody has.
        }

        return null;
    }

    /// <summary>Lets a call happen, and writes it down if it succeeded. No other call that counts begins meanwhile: the order in the log is
    /// that on the disk.</summary>
    private void End(int id, FileCall call)
    {
        var number = _count;
        if (NativeMethods.Trace(ResumeToEnd, id, 0, 0) != 0
            || NativeMethods.Wait(id, out var status, NativeMethods.AllChildren) != id)
        {
            return;
        }

        if ((status & 0xff) != 0x7f || status >> 8 != CallEnd)
        {
            Changed(id, status);
            return;
        }

        var thread = new Tracee(id);
        try
        {
            thread.Stop();
            if (thread.Result >= 0)
            {
                var written = call.Content.Length > thread.Result ? call.Content[..(int)thread.Result] : call.Content;
                log.Add(number, thread.Process, call with { Content = written });
            }
        }
        catch (IOException) when (thread.IsGone())
        {
        }

        NativeMethods.Trace(Resume, id, 0, 0);
    }

    private bool IsBelowRoot(FileCall call)
        => call.Path == arguments.Root || call.Path.StartsWith(arguments.Root + "/", StringComparison.Ordinal);

    private void Disturb(Tracee thread, FileCall call)
    {
        if (_isFull && call.Name is not ("remove" or "flush"))
        {
            _isFull = arguments.Fault == FaultKind.StaysFull;
            thread.Fail(NoSpace);
        }
        else if (_count == arguments.At)
        {
            switch (arguments.Fault)
            {
                case FaultKind.Kill:
                    NativeMethods.Signal(thread.Process, NativeMethods.Kill);
                    break;
                case FaultKind.Full:
                    thread.Fail(NoSpace);
                    break;
                case FaultKind.StaysFull:
                    _isFull = true;
                    thread.Fail(NoSpace);
                    break;
                case FaultKind.Fails:
                    thread.Fail(InputOutput);
                    break;
                case FaultKind.Short when call.Content.Length > 1:
                    _isFull = true;
                    thread.Shorten(call.Content.Length / 2);
                    break;
                default:
                    break;
            }
        }
    }
}
