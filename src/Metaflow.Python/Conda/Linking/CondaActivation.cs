using System.Text.Json;
using Metaflow.Platform;

namespace Metaflow.Python.Conda.Linking;

/// <summary>What a process needs to run in a conda environment: what activating it would do, as far as that takes no shell.</summary>
internal sealed record CondaActivation
{
    /// <summary>The folder with the scripts that conda runs when it activates an environment.</summary>
    public const string ScriptFolder = "etc/conda/activate.d";

    /// <summary>The folder with the scripts that conda runs when it leaves an environment.</summary>
    public const string EndScriptFolder = "etc/conda/deactivate.d";

    private const string VariableFolder = "etc/conda/env_vars.d";
    private const string StateFile = "conda-meta/state";
    private const string PrefixVariable = "CONDA_PREFIX";
    private const string PathVariable = "PATH";

    // What conda writes in the place of a value that was taken away.
    private const string Unset = "***unset***";

    /// <summary>Gets the folders that come before all others in <c>PATH</c>.</summary>
    public required IReadOnlyList<string> PathAdditions { get; init; }

    /// <summary>Gets the variables and their values. <c>PATH</c> is among them only if a script sets it; it then has
    /// <see cref="PathAdditions"/>.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Gets the lines of scripts that were not followed, so that what they would do is missing.</summary>
    public required IReadOnlyList<ScriptLine> NotRun { get; init; }

    /// <summary>Reads what an environment wants.</summary>
    /// <param name="prefix">The environment's folder.</param>
    /// <param name="isForWindows">Whether the environment is for Windows.</param>
    /// <param name="known">The variables that the process has without the environment; scripts may refer to them.</param>
    /// <returns>What it wants.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7062: a file with variables cannot be read.</exception>
    public static CondaActivation Read(string prefix, bool isForWindows, IReadOnlyDictionary<string, string> known)
    {
        var additions = AdditionsOf(prefix, isForWindows);
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["CONDA_DEFAULT_ENV"] = prefix,
            [PrefixVariable] = prefix,
        };
        foreach (var file in FilesOf(prefix, VariableFolder, ".json"))
        {
            ReadVariables(prefix, file, isNested: false, variables);
        }

        ReadVariables(prefix, Path.Combine(prefix, StateFile), isNested: true, variables);
        var notRun = new List<ScriptLine>();
        var paths = known.GetValueOrDefault(PathVariable) is { Length: > 0 } path ? additions.Append(path) : additions;
        var script = new ActivationScript(
            variables, new Dictionary<string, string>(known) { [PathVariable] = string.Join(isForWindows ? ';' : ':', paths) });
        foreach (var file in FilesOf(prefix, ScriptFolder, isForWindows ? ".bat" : ".sh"))
        {
            var name = $"{ScriptFolder}/{Path.GetFileName(file)}";
            notRun.AddRange(isForWindows ? [new ScriptLine(name, 0, "")] : script.Follow(name, ReadText(prefix, file)));
        }

        return new CondaActivation { PathAdditions = additions, Variables = variables, NotRun = notRun };
    }

    private static string[] AdditionsOf(string prefix, bool isForWindows) => isForWindows
        ?
        [
            prefix, $@"{prefix}\Library\mingw-w64\bin", $@"{prefix}\Library\usr\bin", $@"{prefix}\Library\bin", $@"{prefix}\Scripts",
            $@"{prefix}\bin",
        ]
        : [$"{prefix}/bin"];

    private static IEnumerable<string> FilesOf(string prefix, string folder, string extension)
        => Path.Combine(prefix, folder) is var place && Directory.Exists(place)
            ? Directory.EnumerateFiles(place).Where(file => file.EndsWith(extension, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
            : [];

    private static string ReadText(string prefix, string file)
    {
        try
        {
            return UserText.Of(RegularFile.ReadAllBytes(file));
        }
        catch (Exception error) when (error is FormatException || FileFaults.IsFileError(error))
        {
            throw Unreadable(prefix, file, error);
        }
    }

    private static void ReadVariables(string prefix, string file, bool isNested, SortedDictionary<string, string> variables)
    {
        if (!File.Exists(file))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(RegularFile.ReadAllBytes(file));
            var values = document.RootElement;
            if (isNested && !values.TryGetProperty("env_vars", out values))
            {
                return;
            }

            foreach (var value in values.EnumerateObject())
            {
                if (value.Value.ToString() is var text && text == Unset)
                {
                    variables.Remove(value.Name);
                }
                else
                {
                    variables[value.Name] = text;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException || FileFaults.IsFileError(error))
        {
            throw Unreadable(prefix, file, error);
        }
    }

    private static Errors.EnvironmentException Unreadable(string prefix, string file, Exception error) => new(
        Errors.ErrorCodes.CondaMetadataUnreadable,
        $"The environment in '{prefix}' cannot be used.",
        $"Its '{Path.GetRelativePath(prefix, file)}' cannot be read: {error.Message.TrimEnd('.')}.",
        "Correct the file, or delete the environment, so that it is made again.",
        error);
}

/// <summary>A line of a script that was not followed.</summary>
/// <param name="Script">The script's path in the environment.</param>
/// <param name="Number">The number of the line, from 1; 0 for the whole script.</param>
/// <param name="Text">The line.</param>
internal sealed record ScriptLine(string Script, int Number, string Text);
