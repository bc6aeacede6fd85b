using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Debugger.Launching;

/// <summary>A program whose runtime waits until a debugger is attached, before it runs any code.</summary>
/// <remarks>The runtime does so where it finds two semaphores with the id and the start of its process in their names. The process must
/// therefore exist before the program is in it: a shell holds its place until it reads a line. The process is a child of another shell,
/// which passes its exit code on, since the debugging services take the exit code of a child of this process before it is seen.</remarks>
internal sealed class SuspendedProgram : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly Process _shell;
    private readonly NamedSemaphore _started;
    private readonly NamedSemaphore _continue;

    public SuspendedProgram(IReadOnlyList<string> command)
    {
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "(read line && exec \"$@\"); exit $?", "sh", .. command])
        {
            RedirectStandardInput = true,
        })!;
        Id = ChildOf(_shell.Id);
        var key = $"{Id:x8}{StartOf(Id):x16}";
        _started = new NamedSemaphore("/clrst" + key);
        _continue = new NamedSemaphore("/clrco" + key);
        _shell.StandardInput.WriteLine();
        _shell.StandardInput.Close();
    }

    public int Id { get; }

    /// <summary>Waits until the runtime is there and waits itself.</summary>
    /// <returns>Whether it is; otherwise the program ended before.</returns>
    public async Task<bool> WaitForRuntimeAsync()
    {
        while (!_started.TryTake())
        {
            if (_shell.HasExited)
            {
                return false;
            }

            await Task.Delay(Interval);
        }

        return true;
    }

    /// <summary>Lets the runtime go on.</summary>
    public void Continue() => _continue.Release();

    /// <summary>Waits for the end of the program.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _shell.WaitForExitAsync();
        return _shell.ExitCode;
    }

    public void Dispose()
    {
        _started.Dispose();
        _continue.Dispose();
        _shell.Dispose();
    }

    private static int ChildOf(int processId)
    {
        while (true)
        {
            if (File.ReadAllText($"/proc/{processId}/task/{processId}/children").Split(' ') is [{ Length: > 0 } child, ..])
            {
                return int.Parse(child, CultureInfo.InvariantCulture);
            }

            Thread.Sleep(Interval);
        }
    }

    /// <summary>Gets when a process started, in the system's own unit.</summary>
    private static ulong StartOf(int processId)
    {
        // "ID (NAME) STATE ...": a name can have spaces and brackets. The start is the field of number 22, counted from 1.
        var text = File.ReadAllText($"/proc/{processId}/stat");
        return ulong.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[22 - 3], CultureInfo.InvariantCulture);
    }
}
