using System.Diagnostics;
using System.Runtime.InteropServices;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Programs;

/// <summary>Turns Ctrl-C, SIGTERM, SIGQUIT and the end of the terminal into requests to stop the run.</summary>
internal sealed class InterruptionSignals : IDisposable
{
    /// <summary>For so long a signal is taken for one that came already, in a program that another one started: <c>metaflow run</c> passes
    /// signals on, and those of the terminal reach both.</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(300);

    /// <summary>For so long a command has time to end by itself when nobody hears the signal: it waits for a datastore that does not
    /// answer, say.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>For so long a run has time to end after the first signal, and after the second one. It takes longer only if its datastore
    /// does not answer, or a task cannot be ended.</summary>
    private static readonly TimeSpan[] LongestEnds = [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10)];

    private static readonly TimeSpan LongestAbandoning = TimeSpan.FromSeconds(2);

    private readonly PosixSignalRegistration[] _registrations;
    private readonly RunInterruption _interruption;
    private Timer? _end;
    private Timer? _lastEnd;

    /// <summary>Starts to listen.</summary>
    /// <param name="interruption">Receives the requests.</param>
    /// <param name="hasEchoes">Whether the program that started this one passes its signals on.</param>
    public InterruptionSignals(RunInterruption interruption, bool hasEchoes)
    {
        _interruption = interruption;
        _registrations =
        [
            Listen(PosixSignal.SIGINT, ExitCodes.Interrupted),
            Listen(PosixSignal.SIGTERM, ExitCodes.Terminated),
            Listen(PosixSignal.SIGHUP, ExitCodes.HungUp),
            Listen(PosixSignal.SIGQUIT, ExitCodes.Quit),
        ];

        PosixSignalRegistration Listen(PosixSignal signal, int exitCode)
        {
            long? last = null;
            return PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                var isEcho = hasEchoes && last is { } at && Stopwatch.GetElapsedTime(at) < Echo;
                last = isEcho ? last : Stopwatch.GetTimestamp();
                if (!isEcho)
                {
                    interruption.Request(exitCode);
                    EndUnheard(exitCode);
                    LimitEnd(exitCode);
                }
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end?.Dispose();
        _lastEnd?.Dispose();
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void EndUnheard(int exitCode)
    {
        if (!_interruption.IsHeard)
        {
            _end ??= new Timer(_ => End(exitCode), null, Grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void LimitEnd(int exitCode)
    {
        if (_interruption.Requests <= LongestEnds.Length)
        {
            var limit = LongestEnds[_interruption.Requests - 1];
            _lastEnd ??= new Timer(_ => EndStuck(exitCode));
            _lastEnd.Change(limit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends the process of a run that does not come to its end, as if it had been killed: nothing is lost.</summary>
    private void EndStuck(int exitCode)
    {
        if (_interruption.IsHeard)
        {
            _interruption.AbandonAsync().Wait(LongestAbandoning);
            Console.Error.WriteLine(
                "Stopped as asked, before the run had ended: its datastore did not answer, or a task could not be ended. "
                    + "'resume --continue' continues it.");
            Environment.Exit(exitCode);
        }
    }

    private void End(int exitCode)
    {
        if (!_interruption.IsHeard)
        {
            Console.Error.WriteLine("Stopped as asked, while the command was waiting. No task of it was running.");
            Environment.Exit(exitCode);
        }
    }
}
