using System.Globalization;
using Metaflow.Naming;

namespace Metaflow.Decorators;

/// <summary>Acts in the scheduler, before the process of an attempt is started.</summary>
public interface ILaunchHook
{
    /// <summary>Changes what is started, or forbids it. Must be quick: the scheduler waits for it.</summary>
    /// <param name="context">What is about to be started. An exception is a failure of the attempt that is not tried again
    /// (MF6022).</param>
    void BeforeLaunch(LaunchHookContext context);
}

/// <summary>A process that is about to be started for an attempt of a task.</summary>
public sealed class LaunchHookContext
{
    internal LaunchHookContext(TaskPath task, int attempt, Dictionary<string, string> environment)
    {
        Task = task;
        Attempt = attempt;
        Environment = environment;
    }

    /// <summary>Gets the task's address.</summary>
    public TaskPath Task { get; }

    /// <summary>Gets the attempt, from 0.</summary>
    public int Attempt { get; }

    /// <summary>Gets the variables that the process has beside the inherited ones; to be added to. They must hold no secret.</summary>
    public IDictionary<string, string> Environment { get; }

    /// <summary>Gets or sets how long the process may run before it is ended from outside; <see langword="null"/>, the default, for
    /// ever.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>Gets or sets the most memory that the process and its children may use together, in MB of 1,048,576 bytes;
    /// <see langword="null"/>, the default, for any.</summary>
    public int? MemoryLimitMB { get; set; }

    /// <summary>Gets or sets a value indicating whether the task announces secrets to hide in its output.</summary>
    internal bool AnnouncesSecrets { get; set; }

    /// <summary>Gets why the process must not be started, or <see langword="null"/>.</summary>
    internal string? VetoReason { get; private set; }

    /// <summary>Forbids to start the process: the task fails and is not tried again.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    public void Veto(string reason) => VetoReason = reason;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Task} attempt {Attempt}");
}
