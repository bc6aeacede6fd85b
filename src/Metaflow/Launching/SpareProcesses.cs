using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.Launching;

/// <summary>Processes started ahead of need: each warms up, waits, is handed one task, and ends with it.</summary>
/// <remarks>A task in a spare begins milliseconds after it is decided, rather than after the start of a runtime. Isolation is the same: one process, one task.
/// Used by the launcher's starting thread only.</remarks>
internal sealed class SpareProcesses(ProgramLocation program) : IDisposable
{
    /// <summary>How long a process whose input has ended may take to end.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    private readonly Queue<Process> _waiting = new();

    /// <summary>Starts processes until a number of them wait.</summary>
    /// <param name="count">How many shall wait.</param>
    public void Fill(int count)
    {
        while (_waiting.Count < count && TryStart() is { } process)
        {
            _waiting.Enqueue(process);
        }
    }

    /// <summary>Takes a process and hands it a task.</summary>
    /// <param name="handover">The task.</param>
    /// <returns>The process, or <see langword="null"/> when none waits.</returns>
    public Process? Take(TaskHandover handover)
    {
        while (_waiting.TryDequeue(out var process))
        {
            try
            {
                using (var input = process.StandardInput.BaseStream)
                {
                    handover.Write(input);
                }

                return process;
            }
            catch (IOException)
            {
                // It died while it waited: nobody lost anything but a head start.
                End(process);
            }
        }

        return null;
    }

    /// <summary>Ends the processes that still wait.</summary>
    public void Dispose()
    {
        // Without input they end by themselves. A runtime that is killed would leave its pipes for debuggers in the folder of temporary files.
        foreach (var process in _waiting)
        {
            process.StandardInput.Close();
        }

        while (_waiting.TryDequeue(out var process))
        {
            End(process);
        }
    }

    private static void End(Process process)
    {
        if (!process.WaitForExit(EndGrace))
        {
            process.Kill();
        }

        process.Dispose();
    }

    private Process? TryStart()
    {
        try
        {
            return Process.Start(program.ToStartInfo([TaskHandover.Verb]));
        }
        catch (Win32Exception)
        {
            // The task itself will be started the ordinary way, and report what is wrong.
            return null;
        }
    }
}
