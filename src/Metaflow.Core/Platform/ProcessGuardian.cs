using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Metaflow.Platform;

/// <summary>A small process that waits until this one ends, and then ends all processes with a text in their environment. It cannot be
/// surprised: it leads a session of its own, ignores the signals of a terminal, and learns of the end by a pipe that only this process
/// holds.</summary>
/// <remarks>
/// <para>A shell rather than a second runtime: it costs a few milliseconds once and 1 MB. It does not inherit the marked environment, nor
/// any open file.</para>
/// <para>Linux only. On macOS and Windows there is no <c>/proc</c>, and nothing like it that a shell can ask: there, what a task started
/// lives on when its scheduler is killed.</para>
/// </remarks>
internal sealed class ProcessGuardian : IDisposable
{
    private const string Shell = "/bin/sh";

    /// <summary>Says that there is nothing to do any more.</summary>
    private const byte NoMore = (byte)'\n';

    // $1 is the text, the standard input the pipe. The first shell ends at once, so that nobody who ends a tree of processes takes the
    // guardian along. A process that does not end within ten seconds hangs in the system: it is looked at once a second, for ten minutes.
    private const string Script = """
        trap '' HUP INT QUIT TERM PIPE TSTP
        exec 3<&0
        {
            if read -r end; then exit 0; fi
            signal=TERM
            round=0
            while [ $round -lt 700 ]; do
                found=$(grep -lsF -e "$1" /proc/[0-9]*/environ)
                [ -n "$found" ] || exit 0
                for file in $found; do
                    id=${file#/proc/}
                    kill -s $signal "${id%/environ}" 2>/dev/null
                done
                if [ $round -eq 0 ]; then sleep 0.5 || sleep 1
                elif [ $round -lt 100 ]; then sleep 0.1 || sleep 1
                else sleep 1
                fi
                signal=KILL
                round=$((round + 1))
            done
        } <&3 3<&- &
        """;

    private readonly AnonymousPipeServerStream _pipe;

    private ProcessGuardian(AnonymousPipeServerStream pipe) => _pipe = pipe;

    /// <summary>Starts a guardian.</summary>
    /// <param name="text">What the environment of the processes to end holds: <c>NAME=</c> and the value's beginning.</param>
    /// <returns>The guardian; <see langword="null"/> when there is no shell, or the system has no process left, or is not Linux.</returns>
    public static ProcessGuardian? TryStart(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (!OperatingSystem.IsLinux() || !File.Exists(Shell))
        {
            return null;
        }

        AnonymousPipeServerStream? pipe = null;
        try
        {
            pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
            if (TrySpawn((int)pipe.ClientSafePipeHandle.DangerousGetHandle(), text))
            {
                pipe.DisposeLocalCopyOfClientHandle();
                var guardian = new ProcessGuardian(pipe);
                pipe = null;
                return guardian;
            }

            return null;
        }
        catch (IOException)
        {
            // No descriptor is left for the pipe.
            return null;
        }
        finally
        {
            pipe?.DisposeLocalCopyOfClientHandle();
            pipe?.Dispose();
        }
    }

    /// <summary>Tells the guardian that nothing is left to end; it ends at once.</summary>
    public void Dispose()
    {
        try
        {
            _pipe.WriteByte(NoMore);
        }
        catch (IOException)
        {
            // Somebody ended it.
        }

        _pipe.Dispose();
    }

    [UnsupportedOSPlatform("windows")]
    private static bool TrySpawn(int input, string text)
    {
        using var spawn = new NativeSpawn();
        spawn.Input(input);
        spawn.DropOutputs();
        spawn.CloseInherited();
        spawn.LeadSession();
        return spawn.TryRun(Shell, ["sh", "-c", Script, "metaflow-guardian", text], ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]);
    }
}
