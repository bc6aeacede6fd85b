namespace Metaflow.Secrets;

/// <summary>The secrets to hide in the output of a task. They may be added while the output is already read. Thread-safe.</summary>
internal sealed class KnownSecrets
{
    private static readonly AsyncLocal<KnownSecrets?> Task = new();

    private readonly Lock _lock = new();
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly List<KnownSecrets> _included = [];
    private SecretForms _known = SecretForms.None;
    private long _ownChanges;
    private long _knownChanges;

    /// <summary>Gets or sets the secrets of the task that the calling code belongs to; <see langword="null"/> outside tasks and in those
    /// without secrets.</summary>
    /// <remarks>A run that a step starts writes logs too, in which the step's secrets are hidden: its tasks inherit the step's
    /// variables.</remarks>
    public static KnownSecrets? OfTask
    {
        get => Task.Value;
        set => Task.Value = value;
    }

    /// <summary>Gets what to look for in the output now.</summary>
    internal SecretForms Forms
    {
        get
        {
            lock (_lock)
            {
                if (Changes is var changes && changes != _knownChanges)
                {
                    _known = new SecretForms(_included.SelectMany(static others => others.Forms.Texts).Concat(_texts));
                    _knownChanges = changes;
                }

                return _known;
            }
        }
    }

    private long Changes => _ownChanges + _included.Sum(static others => others.CountChanges());

    /// <summary>Adds secrets: all output that is read from now on is without them.</summary>
    /// <param name="values">The secrets.</param>
    public void Add(IEnumerable<string> values)
    {
        var texts = new SecretMask(values).Texts;
        lock (_lock)
        {
            _texts.UnionWith(texts);
            _ownChanges++;
        }
    }

    /// <summary>Hides the secrets of another task too, also those that it adds later.</summary>
    /// <param name="others">Its secrets; <see langword="null"/> adds nothing.</param>
    public void Include(KnownSecrets? others)
    {
        if (others is not null)
        {
            lock (_lock)
            {
                _included.Add(others);
                _ownChanges++;
            }
        }
    }

    private long CountChanges()
    {
        lock (_lock)
        {
            return Changes;
        }
    }
}
