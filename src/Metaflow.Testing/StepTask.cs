using System.Text;
using Metaflow.Launching;

namespace Metaflow.Testing;

/// <summary>Waits for a task and keeps what it printed.</summary>
internal sealed class StepTask : ITaskObserver
{
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    /// <summary>Gets a task that ends with the exit code.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Gets the standard output.</summary>
    public string Output => _output.ToString();

    /// <summary>Gets the error stream.</summary>
    public string ErrorOutput => _error.ToString();

    /// <inheritdoc/>
    public void OnOutput(DateTimeOffset at, string text, bool isError) => (isError ? _error : _output).Append(text).Append('\n');

    /// <inheritdoc/>
    public void OnExit(TaskExit exit)
    {
        if (exit.LogError is { } error)
        {
            _ended.SetException(error);
        }
        else
        {
            _ended.SetResult(exit.ExitCode);
        }
    }
}
