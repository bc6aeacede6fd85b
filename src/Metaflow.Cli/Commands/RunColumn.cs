using System.Globalization;
using Metaflow.Cli.Values;
using Metaflow.Cli.Views;
using Metaflow.Client;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>A column of a list of runs: one that every list has, a parameter, or an artifact.</summary>
/// <param name="name">What the user calls it.</param>
/// <param name="definition">The flow, where it is known.</param>
internal sealed class RunColumn(string name, FlowDefinition? definition)
{
    private const int LongestCell = 30;

    private static readonly Dictionary<string, Func<RunSummary, object?>> Usual = new(StringComparer.Ordinal)
    {
        ["run"] = static run => run.Id,
        ["state"] = static run => RunStatus.NameOf(run.State),
        ["started"] = static run => run.CreatedAt,
        ["duration"] = static run => run.Duration,
        ["tasks"] = static run => run.Tasks.Done,
        ["user"] = static run => run.UserName,
        ["tags"] = static run => string.Join(", ", run.UserTags),
    };

    private readonly Func<RunSummary, object?>? _usual = Usual.GetValueOrDefault(name);

    /// <summary>Gets the names of the columns that every list of runs has.</summary>
    public static IReadOnlyCollection<string> UsualNames => Usual.Keys;

    /// <summary>Gets what the user calls it.</summary>
    public string Name => name;

    /// <summary>Gets the heading.</summary>
    public string Heading => IsUsual ? name.ToUpperInvariant() : name;

    /// <summary>Gets a value indicating whether every list of runs has it.</summary>
    public bool IsUsual => _usual is not null;

    /// <summary>Gets a value indicating whether its values are in the run's own record, which is read with the list.</summary>
    public bool IsOfRecord => name is "run" or "started" or "user" or "tags";

    /// <summary>Gets a value indicating whether the flow declares it.</summary>
    public bool IsDeclared => definition is not null && DeclaredNames.OnDisk(definition, Artifact) is not null;

    private string? Step => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var end ? name[..end] : null;

    private string Artifact => Step is { } step ? name[(step.Length + 1)..] : name;

    /// <summary>Returns the value that a summary has.</summary>
    /// <param name="summary">The summary.</param>
    public object? Of(RunSummary summary) => _usual!(summary);

    /// <summary>Reads the parameter or the artifact of a run; of a step with several tasks, the list of their values.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The value, and whether the run has it.</returns>
    public async Task<(bool IsThere, object? Value)> ReadAsync(RunHandle run, CancellationToken cancellationToken)
    {
        // One run that cannot be read must not keep the others from being compared.
        try
        {
            return Step is { } step
                ? await ReadStepAsync(run, StepOnDisk(step), cancellationToken).ConfigureAwait(false)
                : await ReadAsync(await run.GetParametersTaskAsync(cancellationToken).ConfigureAwait(false), cancellationToken)
                    .ConfigureAwait(false) is { IsThere: true } parameter ? parameter
                : await ReadAsync(await run.GetEndTaskAsync(cancellationToken).ConfigureAwait(false), cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (MetaflowException)
        {
            return (false, null);
        }
    }

    /// <summary>Returns the text of a value for a table.</summary>
    /// <param name="value">The value.</param>
    /// <param name="zone">The time zone of times.</param>
    public static string Cell(object? value, TimeZoneInfo zone)
    {
        var text = value switch
        {
            null => "",
            double number => ValueText.Short(number),
            float number => ValueText.Short(number),
            string words => words,
            DateTimeOffset at => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            TimeSpan duration => Durations.AsClock(duration),
            _ => ValueText.Of(value, null, 3),
        };
        text = VisibleText.Line(text);
        return text.Length <= LongestCell ? text : text[..(LongestCell - 1)] + "…";
    }

    private async Task<(bool IsThere, object? Value)> ReadStepAsync(RunHandle run, string step, CancellationToken cancellationToken)
    {
        if (await run.FindStepAsync(step, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return (false, null);
        }

        var values = new List<object?>();
        foreach (var task in TaskArgument.InOrder(await found.AllTasksAsync(cancellationToken).ConfigureAwait(false)))
        {
            if (await ReadAsync(task, cancellationToken).ConfigureAwait(false) is (true, var value))
            {
                values.Add(value);
            }
        }

        return values.Count switch { 0 => (false, null), 1 => (true, values[0]), _ => (true, values) };
    }

    private async Task<(bool IsThere, object? Value)> ReadAsync(TaskHandle? task, CancellationToken cancellationToken)
    {
        if (task is null)
        {
            return (false, null);
        }

        var data = await task.GetDataAsync(cancellationToken).ConfigureAwait(false);
        return Spellings().FirstOrDefault(data.Contains) is { } spelling
            ? (true, await data.GetAsync(spelling, cancellationToken).ConfigureAwait(false))
            : (false, null);
    }

    private IEnumerable<string> Spellings()
    {
        if (definition is not null && DeclaredNames.OnDisk(definition, Artifact) is { } declared)
        {
            yield return declared;
        }

        yield return Artifact;
        yield return SnakeCase.FromMember(Artifact);
        yield return Artifact.Replace('-', '_');
    }

    private string StepOnDisk(string step)
        => definition?.Graph.Steps.FirstOrDefault(known => known.MethodName == step)?.Name ?? step;
}
