using System.Collections.ObjectModel;
using System.Diagnostics;

namespace Metaflow.Launching;

/// <summary>Processes started ahead of need: each warms up, waits, is handed one task, and ends with it.</summary>
/// <remarks>A task in a spare begins milliseconds after it is decided, rather than after the start of a runtime. Isolation is the same: one
/// process, one task. Used by the launcher's starting thread only.</remarks>
internal sealed class SpareProcesses(ProcessStarter starter) : IDisposable
{
    /// <summary>How long a process whose input has ended may take to end.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    private readonly Queue<StartedProcess> _waiting = new();

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
    public StartedProcess? Take(TaskHandover handover)
    {
        while (_waiting.TryDequeue(out var process))
        {
            try
            {
                using (var input = process.Process.StandardInput.BaseStream)
                {
                    handover.Write(input);
                }

                return process;
            }
            catch (IOException)
            {
                // It died while it waited: nobody lost anything but a head start.
                End(process.Process);
            }
        }

        return null;
    }

    /// <summary>Ends the processes that still wait.</summary>
    public void Dispose()
    {
        // Without input they end by themselves. A runtime that is killed would leave its pipes for debuggers in the folder of temporary
        // files.
        foreach (var process in _waiting)
        {
            CloseInput(process.Process);
        }

        while (_waiting.TryDequeue(out var process))
        {
            End(process.Process);
        }
    }

    private static void CloseInput(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended by itself.
        }
    }

    private static void End(Process process)
    {
        using (process)
        {
            try
            {
                if (!process.WaitForExit(EndGrace))
                {
                    process.Kill();
                }
            }
            catch (Exception error) when (LaunchFailures.IsExpected(error))
            {
                // It ended between the look and the signal.
            }
        }
    }

    private StartedProcess? TryStart()
    {
        try
        {
            return starter.Start([TaskHandover.Verb], ReadOnlyDictionary<string, string>.Empty);
        }
        catch (Exception error) when (LaunchFailures.IsExpected(error))
        {
            // The task itself will be started the ordinary way, and report what is wrong.
            return null;
        }
    }
}
