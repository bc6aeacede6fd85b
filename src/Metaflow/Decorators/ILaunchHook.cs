using System.Globalization;
using Metaflow.Naming;

namespace Metaflow.Decorators;

/// <summary>Acts in the scheduler, before the process of an attempt is started.</summary>
public interface ILaunchHook
{
    /// <summary>Changes or forbids the launch. It must be quick, because the scheduler waits for it.</summary>
    /// <param name="context">The process that is about to be started. If the hook throws, the attempt fails and is not tried again
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

    /// <summary>Gets the environment variables that the process gets in addition to the inherited ones. A hook may add to them. They must
    /// not contain secrets.</summary>
    public IDictionary<string, string> Environment { get; }

    /// <summary>Gets or sets how long the process may run before it is ended from outside; <see langword="null"/>, the default,
    /// forever.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>Gets or sets how much memory the process and its children may use together, in MB of 1,048,576 bytes;
    /// <see langword="null"/>, the default, means no limit.</summary>
    public int? MemoryLimitMB { get; set; }

    /// <summary>Gets or sets a value indicating whether the task announces secrets to hide in its output.</summary>
    internal bool AnnouncesSecrets { get; set; }

    /// <summary>Gets why the process must not be started, or <see langword="null"/>.</summary>
    internal string? VetoReason { get; private set; }

    /// <summary>Forbids the start of the process. The task fails and is not tried again.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    public void Veto(string reason) => VetoReason = reason;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Task} attempt {Attempt}");
}
