using System.Globalization;

namespace Metaflow;

/// <summary>What the author's code asked <see cref="Current"/>: each answer is something that a result may depend on, although it is no
/// artifact.</summary>
/// <remarks>Copies of a <see cref="Current"/> share it. A new property of <see cref="Current"/> has to be in one of the three lists: a test
/// walks over them.</remarks>
internal sealed class CurrentReads
{
    /// <summary>What differs from run to run: a task that asks for it is of its run alone.</summary>
    public static readonly IReadOnlySet<string> OfOneRun = new HashSet<string>(StringComparer.Ordinal)
    {
        nameof(Current.RunId), nameof(Current.TaskId), nameof(Current.Pathspec), nameof(Current.Tags), nameof(Current.Namespace),
        nameof(Current.UserName), nameof(Current.OriginRunId),
    };

    /// <summary>What no result may depend on, or what is the same wherever the step is the same.</summary>
    public static readonly IReadOnlySet<string> WithoutEffect = new HashSet<string>(StringComparer.Ordinal)
    {
        nameof(Current.FlowName), nameof(Current.StepName), nameof(Current.TempFolder), nameof(Current.Progress),
        nameof(Current.CancellationToken), nameof(Current.Environment),
    };

    /// <summary>What a task may find again in another run: the answer, as text, is compared.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Current, string>> Compared = new Dictionary<string, Func<Current, string>>(
        StringComparer.Ordinal)
    {
        [nameof(Current.Attempt)] = static current => Text(current.Attempt),
        [nameof(Current.Index)] = static current => Text(current.Index),
        [nameof(Current.ForeachStack)] = static current => string.Join(
            '\n', current.ForeachStack.Select(static place => $"{place.Index}/{place.Count} {place.Value}")),
        [nameof(Current.Parallel)] = static current => Text(current.Parallel),
        [nameof(Current.Resources)] = static current => Text(current.Resources),
        [nameof(Current.Project)] = static current => Text(current.Project),
        [nameof(Current.Options)] = static current => string.Join('\n', current.FlowOptions),
        [nameof(Current.ParameterNames)] = static current => string.Join('\n', current.ParameterNames),
        [nameof(Current.Trigger)] = static current => current.Trigger is { } trigger ? string.Join('\n', trigger.Pathspecs) : "",
    };

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Gets the first property that was asked for and that differs from run to run, or <see langword="null"/>.</summary>
    public string? Unrepeatable { get; private set; }

    /// <summary>Notes that a property was asked for.</summary>
    /// <param name="name">The property.</param>
    public void Add(string name)
    {
        lock (_lock)
        {
            if (OfOneRun.Contains(name))
            {
                Unrepeatable ??= name;
            }
            else
            {
                _asked.Add(name);
            }
        }
    }

    /// <summary>Returns the answers that were given.</summary>
    /// <param name="current">What was asked.</param>
    /// <returns>The answers as texts, by property, sorted.</returns>
    public IReadOnlyDictionary<string, string?> Answers(Current current)
    {
        string[] asked;
        lock (_lock)
        {
            asked = [.. _asked.Order(StringComparer.Ordinal)];
        }

        return Answers(current, asked);
    }

    /// <summary>Returns the answers that a task would get.</summary>
    /// <param name="current">What is asked.</param>
    /// <param name="names">The properties.</param>
    /// <returns>The answers as texts, by property; <see langword="null"/> for a property that this version does not know.</returns>
    public static IReadOnlyDictionary<string, string?> Answers(Current current, IEnumerable<string> names)
    {
        var answers = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            answers[name] = Compared.TryGetValue(name, out var answer) ? answer(current) : null;
        }

        return answers;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
