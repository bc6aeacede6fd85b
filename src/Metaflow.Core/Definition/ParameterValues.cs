using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Definition;

/// <summary>Finds the values of a flow's parameters: what was given, else the environment's, else the default.</summary>
internal static class ParameterValues
{
    /// <summary>Checks what was given, without computing defaults: names, values and what is missing.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="given">The values given, as text, by name on disk or as in the option.</param>
    /// <param name="environment">The environment's variables; see <see cref="ParameterDefinition.EnvironmentVariable"/>.</param>
    /// <param name="workingFolder">The folder that relative paths of files are relative to; the process's by default.</param>
    /// <exception cref="ConfigurationException">MF2003, MF2004, MF2007 or MF2008: all that is wrong, together. The exit code is
    /// 2.</exception>
    public static void Check(
        FlowDefinition definition,
        IReadOnlyDictionary<string, string> given,
        IReadOnlyDictionary<string, string> environment,
        string? workingFolder = null)
        => ReadGiven(definition, given, environment, workingFolder ?? GivenTexts.FindWorkingFolder() ?? throw GivenTexts.NoWorkingFolder());

    /// <summary>Finds the values.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="given">The values given, as text, by name on disk or as in the option.</param>
    /// <param name="environment">The environment's variables; see <see cref="ParameterDefinition.EnvironmentVariable"/>.</param>
    /// <param name="workingFolder">The folder that relative paths of files are relative to; the process's by default.</param>
    /// <param name="typed">Values that a program gives, by name on disk; they come before texts.</param>
    /// <returns>The values by name on disk, in the order of the definition; <see langword="null"/> where there is no value. The value of an
    /// included file is its absolute path, or its address in a store.</returns>
    /// <exception cref="ConfigurationException">MF2003, MF2004, MF2007 or MF2008: what was given is wrong, with exit code 2; MF2009 or
    /// MF2010: a default is wrong.</exception>
    public static IReadOnlyDictionary<string, object?> Resolve(
        FlowDefinition definition,
        IReadOnlyDictionary<string, string> given,
        IReadOnlyDictionary<string, string> environment,
        string? workingFolder = null,
        IReadOnlyDictionary<string, object?>? typed = null)
    {
        var read = ReadGiven(
            definition, given, environment, workingFolder ?? GivenTexts.FindWorkingFolder() ?? throw GivenTexts.NoWorkingFolder(), typed);
        var values = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var parameter in definition.Parameters)
        {
            values[parameter.Name] = read.TryGetValue(parameter.Name, out var value) ? value : DefaultOf(parameter, definition);
        }

        return values;
    }

    /// <summary>Returns the texts that are given: those of a command, and those of variables.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="given">The values given, as text, by name on disk or as in the option.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="others">The parameters whose values come from elsewhere: variables do not count for them.</param>
    /// <returns>The texts by name.</returns>
    public static IReadOnlyDictionary<string, string> Given(
        FlowDefinition definition, IReadOnlyDictionary<string, string> given, IReadOnlyDictionary<string, string> environment,
        IEnumerable<string> others)
    {
        var texts = ByDiskName(given);
        foreach (var parameter in definition.Parameters.ExceptBy(others, static parameter => parameter.Name))
        {
            if (TextOf(parameter, texts, environment) is { } text)
            {
                texts[parameter.Name.Replace('-', '_')] = text;
            }
        }

        return texts;
    }

    // No ToDictionary: code for sequences of pairs would have to be compiled in each process.
    private static Dictionary<string, string> ByDiskName(IReadOnlyDictionary<string, string> given)
    {
        var texts = new Dictionary<string, string>(given.Count, StringComparer.Ordinal);
        foreach (var (name, text) in given)
        {
            texts.Add(name.Replace('-', '_'), text);
        }

        return texts;
    }

    private static Dictionary<string, object?> ReadGiven(
        FlowDefinition definition,
        IReadOnlyDictionary<string, string> given,
        IReadOnlyDictionary<string, string> environment,
        string workingFolder,
        IReadOnlyDictionary<string, object?>? typed = null)
    {
        var byName = ByDiskName(given);
        RefuseUnknown(definition, byName.Keys.Concat(typed?.Keys ?? []));
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        var problems = new ParameterProblems(isFromCode: typed is not null);
        foreach (var parameter in definition.Parameters)
        {
            if (typed is not null && typed.TryGetValue(parameter.Name, out var value))
            {
                values[parameter.Name] = ReadTyped(parameter, value, workingFolder, problems);
            }
            else if (TextOf(parameter, byName, environment) is { } text)
            {
                var isVariable = !byName.ContainsKey(parameter.Name.Replace('-', '_'));
                values[parameter.Name] = ReadText(
                    parameter, text, workingFolder, isVariable ? problems.AddInvalidVariable : problems.AddInvalid, problems);
            }
            else if (parameter is { IsRequired: true, HasDefault: false })
            {
                problems.AddMissing(parameter);
            }
        }

        problems.ThrowIfAny();
        return values;
    }

    private static string? TextOf(
        ParameterDefinition parameter, Dictionary<string, string> given, IReadOnlyDictionary<string, string> environment)
    {
        if (given.TryGetValue(parameter.Name.Replace('-', '_'), out var text))
        {
            return text;
        }

        return environment.TryGetValue(parameter.EnvironmentVariable, out var variable) && variable.Length > 0 ? variable : null;
    }

    private static object? ReadTyped(ParameterDefinition parameter, object? given, string workingFolder, ParameterProblems problems)
    {
        if (given is string text
            && (parameter.ValueType != typeof(string) || parameter.Separator is not null || parameter.IncludeFile is not null))
        {
            return ReadText(parameter, text, workingFolder, problems.AddInvalid, problems);
        }

        if (TypedParameters.TryFit(parameter, given, out var value) is { } problem)
        {
            problems.AddInvalid(parameter, problem);
        }

        return value;
    }

    private static object? ReadText(
        ParameterDefinition parameter, string text, string workingFolder, Action<ParameterDefinition, string> invalid,
        ParameterProblems problems)
    {
        if (parameter.IncludeFile is not null)
        {
            if (IncludedFilePath.IsAddress(text))
            {
                return text;
            }

            var path = UserPath.Of(text, workingFolder);
            if (!File.Exists(path))
            {
                problems.AddMissingFile(parameter, text, path);
            }

            return path;
        }

        if (ParameterText.TryRead(parameter, text, out var value) is { } problem)
        {
            invalid(parameter, problem);
        }

        return value;
    }

    private static void RefuseUnknown(FlowDefinition definition, IEnumerable<string> names)
    {
        var known = definition.Parameters.Select(static parameter => parameter.Name.Replace('-', '_')).ToList();
        foreach (var name in names.Where(name => !known.Contains(name)))
        {
            var closest = ClosestName.Find(name, known);
            throw new ConfigurationException(
                ErrorCodes.UnknownParameter,
                $"Flow '{definition.FlowName}' has no parameter '{name}'.",
                known.Count == 0 ? "It has no parameters." : $"Its parameters are {string.Join(", ", known.Select(static k => $"'{k}'"))}.",
                closest is null ? "Remove the value." : $"Did you mean '{closest}'?")
            { ExitCode = ExitCodes.Usage };
        }
    }

    private static object? DefaultOf(ParameterDefinition parameter, FlowDefinition definition)
    {
        var value = parameter.ComputeDefault is { } compute ? Computed(parameter, compute) : parameter.Default;
        if (value is null)
        {
            return null;
        }

        return parameter.IncludeFile is null
            ? ParameterDefault.Convert(parameter, value)
            : IncludedFilePath.OfDefault(parameter, value, definition);
    }

    [SuppressMessage(
        "Design", "CA1031", Justification = "The method is the author's: whatever it raises is reported with the parameter's name.")]
    private static object? Computed(ParameterDefinition parameter, Func<object?> compute)
    {
        try
        {
            return compute();
        }
        catch (Exception exception)
        {
            throw new ConfigurationException(
                ErrorCodes.ComputedDefaultFailed,
                $"The default of parameter '{parameter.Name}' could not be computed.",
                Sentence.Of($"The method that 'DefaultFrom' names threw {exception.GetType().FullName}: {exception.Message}"),
                $"Fix the method, or give the value with '{parameter.OptionName}'.",
                exception);
        }
    }
}
