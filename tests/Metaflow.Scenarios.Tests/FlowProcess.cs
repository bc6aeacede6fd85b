using System.Diagnostics;
using System.Text;

namespace Metaflow.Scenarios.Tests;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandOutcome(int ExitCode, string Output, string Errors)
{
    /// <summary>Gets both streams, for messages of failed assertions.</summary>
    public string All => $"exit code {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Errors}";

    public CommandOutcome Succeeded()
    {
        Assert.True(ExitCode == 0, All);
        return this;
    }
}

/// <summary>A running command of the scenarios' program.</summary>
internal sealed class FlowProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TimeSpan _limit;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _lock = new();
    private readonly List<(DateTimeOffset At, string Line)> _lines = [];

    public FlowProcess(ProcessStartInfo start, TimeSpan? limit = null)
    {
        _limit = limit ?? Limit;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(_output, line.Data, isOutput: true);
        _process.ErrorDataReceived += (_, line) => Take(_errors, line.Data, isOutput: false);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Kills the process alone, as the system does when memory is short: what it started is left to itself.</summary>
    public void Kill9() => _process.Kill(entireProcessTree: false);

    /// <summary>Sends a signal.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Gets the lines of the output so far, with when they arrived.</summary>
    public IReadOnlyList<(DateTimeOffset At, string Line)> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Gets the standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_lock)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Gets all that was printed so far; the process may be printing more.</summary>
    private string Printed
    {
        get
        {
            lock (_lock)
            {
                return $"{_output}\n{_errors}";
            }
        }
    }

    /// <summary>Waits until the output has lines that contain a text.</summary>
    public async Task<IReadOnlyList<string>> LinesWithAsync(string text, int count = 1)
    {
        var deadline = DateTime.UtcNow + Limit;
        while (DateTime.UtcNow < deadline)
        {
            var found = Lines.Where(line => line.Line.Contains(text, StringComparison.Ordinal)).Select(static line => line.Line).ToList();
            if (found.Count >= count)
            {
                return found;
            }

            if (_process.HasExited)
            {
                // What it printed last may not be read yet.
                await _process.WaitForExitAsync();
                Assert.True(Lines.Any(line => line.Line.Contains(text, StringComparison.Ordinal)), $"no '{text}' in:\n{Printed}");
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"no {count} lines with '{text}' in:\n{Printed}");
    }

    public async Task<CommandOutcome> EndAsync()
    {
        using var limit = new CancellationTokenSource(_limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"not over after {_limit}:\n{Printed}");
        }

        lock (_lock)
        {
            return new CommandOutcome(_process.ExitCode, _output.ToString(), _errors.ToString());
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Take(StringBuilder text, string? line, bool isOutput)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            text.Append(line).Append('\n');
            if (isOutput)
            {
                _lines.Add((DateTimeOffset.UtcNow, line));
            }
        }
    }
}
