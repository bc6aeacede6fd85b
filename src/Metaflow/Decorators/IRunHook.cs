using Metaflow.Client;

namespace Metaflow.Decorators;

/// <summary>Acts in the scheduler when a run starts.</summary>
public interface IRunStartingHook
{
    /// <summary>Called after the run has its id, and before its first task.</summary>
    /// <param name="context">The run.</param>
    /// <returns>A task that ends when the run may continue. An exception is printed and changes nothing.</returns>
    ValueTask OnRunStartingAsync(RunHookContext context);
}

/// <summary>Acts in the scheduler when a run has ended.</summary>
public interface IRunEndedHook
{
    /// <summary>Called after the run's end is recorded.</summary>
    /// <param name="context">The run; <see cref="RunHookContext.Succeeded"/> says how it ended.</param>
    /// <returns>A task that ends when the command may end. An exception is printed and changes nothing.</returns>
    ValueTask OnRunEndedAsync(RunHookContext context);
}

/// <summary>A run, as hooks of the run see it.</summary>
public sealed class RunHookContext
{
    private readonly Action<string> _say;
    private readonly Func<RunHandle> _open;

    internal RunHookContext(Action<string> say, Func<RunHandle> open)
    {
        _say = say;
        _open = open;
    }

    /// <summary>Gets the flow's name.</summary>
    public required string FlowName { get; init; }

    /// <summary>Gets the run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the run's pathspec, <c>Flow/run</c>.</summary>
    public string Pathspec => $"{FlowName}/{RunId}";

    /// <summary>Gets the name of the user who started the run.</summary>
    public required string UserName { get; init; }

    /// <summary>Gets the run's user tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets a value indicating whether the run succeeded; <see langword="null"/> while it is running.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>Gets the message of the error that ended the run; <see langword="null"/> if there is none.</summary>
    public string? Error { get; init; }

    /// <summary>Gets an object of the flow's class.</summary>
    internal FlowSpec Flow { get; init; } = null!;

    /// <summary>Opens the run with the client.</summary>
    /// <returns>The run. You can read what it has stored so far.</returns>
    public RunHandle OpenRun() => _open();

    /// <summary>Prints a line among those of the run.</summary>
    /// <param name="message">The line.</param>
    public void Say(string message) => _say(message);
}
