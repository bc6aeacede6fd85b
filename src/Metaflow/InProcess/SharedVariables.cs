using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Secrets;

namespace Metaflow.InProcess;

/// <summary>Lends the environment variables of this process to the tasks that share it.</summary>
/// <remarks>The variables belong to the whole process, so that there is one object of this class. Tasks that want the same ones run
/// together (the members of a gang must), others wait until they are over; then everything is as it was before.</remarks>
internal sealed class SharedVariables
{
    /// <summary>What the framework itself sets: it tells each task from others, and a task of this process reads it from
    /// <see cref="FlowSpec.Current"/>.</summary>
    private static readonly HashSet<string> Framework =
        [GangVariables.MainIp, GangVariables.NodeCount, GangVariables.NodeIndex, GangVariables.ControlTaskId];

    private readonly Lock _lock = new();
    private readonly AsyncLocal<Seat?> _inherited = new();
    private readonly Dictionary<string, string?> _before = new(StringComparer.Ordinal);
    private TaskCompletionSource _free = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _wanted = "";
    private int _users;
    private KnownSecrets _secrets = new();

    private SharedVariables()
    {
    }

    /// <summary>Gets the variables of this process.</summary>
    public static SharedVariables OfProcess { get; } = new();

    /// <summary>Waits until a task may have its variables, and sets them.</summary>
    /// <param name="request">The task.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What gives them back.</returns>
    /// <exception cref="LaunchException">MF6042: a task that runs here started it, and it wants other variables.</exception>
    public async Task<Seat> EnterAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        var variables = request.Environment
            .Where(static variable => !Framework.Contains(variable.Key) && !variable.Key.StartsWith("METAFLOW_", StringComparison.Ordinal))
            .OrderBy(static variable => variable.Key, StringComparer.Ordinal).ToList();

        // Which secrets there are is known when they were fetched: the tasks of one step have the same.
        var secrets = request.AnnouncesSecrets ? $"{request.Task.Flow}/{request.Task.RunId}/{request.Task.Step}" : "";
        var wanted = secrets + string.Concat(variables.Select(static variable => $"\n{variable.Key}={variable.Value}"));
        if (_inherited.Value is { IsHeld: true } parent)
        {
            return wanted.Length == 0 || parent.Wanted == wanted ? parent.Share() : throw Nested(request);
        }

        Task? wait;
        while ((wait = TryEnter(wanted, variables)) is not null)
        {
            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new Seat(this, wanted, _secrets);
    }

    /// <summary>Makes a seat that of the calling task and of all that it starts.</summary>
    /// <param name="seat">The seat.</param>
    public void Hold(Seat seat) => _inherited.Value = seat;

    private Task? TryEnter(string wanted, List<KeyValuePair<string, string>> variables)
    {
        lock (_lock)
        {
            if (_users > 0 && _wanted != wanted)
            {
                return _free.Task;
            }

            if (_users++ == 0)
            {
                _wanted = wanted;
                _secrets = new KnownSecrets();
                variables.ForEach(variable => SetLocked(variable.Key, variable.Value));
            }

            return null;
        }
    }

    private void Set(string name, string? value)
    {
        lock (_lock)
        {
            SetLocked(name, value);
        }
    }

    private void SetLocked(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_users > 0)
            {
                return;
            }

            foreach (var (name, value) in _before)
            {
                Environment.SetEnvironmentVariable(name, value);
            }

            _before.Clear();
            _free.SetResult();
            _free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static LaunchException Nested(LaunchRequest request) => new(
        ErrorCodes.VariablesNotShared,
        $"Task '{request.Task.WithoutFlow}' cannot have its own environment variables.",
        "It shares its process with the task that started its run and waits for it. A process has only one set of variables.",
        "Run the outer flow with TaskIsolation.Process, or remove [EnvironmentVariables] and [Secrets] from the inner flow's step.")
    {
        Pathspec = request.Task.ToString(),
    };

    /// <summary>The right of a task to the variables of the process, until it is disposed of. May be disposed of several times.</summary>
    internal sealed class Seat(SharedVariables variables, string wanted, KnownSecrets secrets, bool isShared = false) : IDisposable
    {
        private int _hasLeft;

        /// <summary>Gets what the task wants, in a form that can be compared.</summary>
        public string Wanted => wanted;

        /// <summary>Gets the secrets of the tasks that share the variables.</summary>
        public KnownSecrets Secrets => secrets;

        /// <summary>Gets a value indicating whether the task still runs.</summary>
        public bool IsHeld => Volatile.Read(ref _hasLeft) == 0;

        /// <summary>Returns the seat of a task that runs within this one's time.</summary>
        public Seat Share() => new(variables, wanted, secrets, isShared: true);

        /// <summary>Sets a variable until the last task that shares the variables is over.</summary>
        /// <param name="name">The name.</param>
        /// <param name="value">The value; <see langword="null"/> removes it.</param>
        public void Set(string name, string? value) => variables.Set(name, value);

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _hasLeft, 1) == 0 && !isShared)
            {
                variables.Leave();
            }
        }
    }
}
