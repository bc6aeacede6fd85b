using System.Text.RegularExpressions;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>requirements.txt</c>: the lines of pip that can be kept with a run, those that Metaflow's Conda V2 extension adds
/// (<c>--conda-pkg</c>, <c>--conda-channel</c>, <c>--sys-pkg</c>), and <c>--nuget-pkg</c> and <c>--nuget-source</c>.</summary>
internal sealed partial class RequirementsFile
{
    private static readonly Dictionary<string, string> Remedies = new(StringComparer.Ordinal)
    {
        ["-c"] = "Write the constraints into the lines of the packages. The packages found are kept with the run in any case.",
        ["--constraint"] = "Write the constraints into the lines of the packages. The packages found are kept with the run in any case.",
        ["-e"] = "Name the package as 'name @ git+https://…', or build it and name the version.",
        ["--editable"] = "Name the package as 'name @ git+https://…', or build it and name the version.",
        ["-r"] = "Copy the lines of the other file into this one.",
        ["--requirement"] = "Copy the lines of the other file into this one.",
        ["--hash"] = "Remove it: the hashes of the packages found are kept with the run and checked wherever the environment is made.",
        ["--require-hashes"] = "Remove it: the hashes of the packages found are kept with the run and checked wherever they are used.",
    };

    private readonly InputFile _file;
    private readonly RequirementBuilder _builder;

    private RequirementsFile(InputFile file)
    {
        _file = file;
        _builder = new RequirementBuilder(file);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">A line cannot be read, or contradicts another one (MF71xx).</exception>
    public static FileRequirement Parse(InputFile file)
    {
        var reader = new RequirementsFile(file);
        foreach (var (number, text) in Joined(file.Lines))
        {
            var line = InputFile.WithoutComment(text).Trim();
            if (line.Length > 0)
            {
                reader.Read(line, number);
            }
        }

        return reader._builder.Build();
    }

    // As pip: a backslash at the end of a line continues it, unless the line is a comment.
    private static IEnumerable<(int Number, string Text)> Joined(IEnumerable<(int Number, string Text)> lines)
    {
        var (start, parts) = (0, new List<string>());
        foreach (var (number, text) in lines)
        {
            var isComment = text.TrimStart().StartsWith('#');
            start = parts.Count == 0 ? number : start;
            parts.Add(isComment ? " " + text : text);
            if (text.EndsWith('\\') && !isComment)
            {
                parts[^1] = text[..^1];
                continue;
            }

            yield return (start, string.Concat(parts));
            parts.Clear();
        }

        yield return (start, string.Concat(parts));
    }

    private void Read(string line, int number)
    {
        if (line[0] != '-')
        {
            ReadPackage(line, number);
            return;
        }

        var end = line.IndexOfAny([' ', '\t', '=']);
        var option = end < 0 ? line : line[..end];
        var value = end < 0 ? "" : line[(end + 1)..].Trim();
        if (!ReadOption(option, value, number))
        {
            throw Unsupported(option, line, number);
        }

        if (value.Length == 0 && option is not ("--pre" or "--no-index"))
        {
            throw _file.Error(ErrorCodes.LineNotUnderstood, number, line, $"'{option}' needs a value.", $"Write a value after '{option}'.");
        }
    }

    private bool ReadOption(string option, string value, int number)
    {
        switch (option)
        {
            case "-i" or "--index-url":
                _builder.Note(
                    $"Line {number} of '{_file.Name}' is ignored: the index comes from the configuration. "
                    + "Name further ones with --extra-index-url.");
                break;
            case "--extra-index-url":
                _builder.AddSource(Categories.PyPI, value);
                break;
            case "-f" or "--find-links" or "--trusted-host":
                _builder.AddExtra(Categories.PyPI, $"{option} {value}");
                break;
            case "--pre" or "--no-index" when value.Length == 0:
                _builder.AddExtra(Categories.PyPI, option);
                break;
            case "--conda-channel":
                _builder.AddSource(Categories.Conda, value);
                break;
            case "--conda-pkg" when value.Length > 0:
                _builder.Add(Categories.CondaWithoutPython, NameOf(value), VersionOf(value), number);
                break;
            case "--sys-pkg" when value.Length > 0:
                _builder.AddSystem(NameOf(value), VersionOf(value), number);
                break;
            case "--nuget-pkg" when value.Length > 0:
                NuGetLine.Add(_builder, _file, value, number);
                break;
            case "--nuget-source":
                _builder.AddSource(Categories.NuGet, value);
                break;
            default:
                return value.Length == 0 && option is "--conda-pkg" or "--sys-pkg" or "--nuget-pkg";
        }

        return true;
    }

    private void ReadPackage(string line, int number)
    {
        if (PythonRequirement.TryParse(line) is not { } requirement)
        {
            var option = PackageOption().Match(line);
            throw option.Success ? Unsupported(option.Groups["option"].Value, line, number) : _file.Error(
                ErrorCodes.LineNotUnderstood,
                number,
                line,
                "This is no requirement of a Python package, as PEP 508 defines it.",
                "Write name==1.2, name>=1,<2, or 'name @ https://…'. A package of NuGet is written as --nuget-pkg Id==1.2.");
        }

        if (requirement.Name != "python")
        {
            _builder.Add(Categories.PyPI, requirement.Name, requirement.Version, number);
        }
        else if (requirement.Constraint.Length > 0)
        {
            _builder.SetPython(requirement.Version, number);
        }
    }

    private ConfigurationException Unsupported(string option, string line, int number)
        => _file.Error(
            ErrorCodes.OptionUnsupported,
            number,
            line,
            $"'{option}' of pip cannot be kept with a run.",
            Remedies.GetValueOrDefault(option, "Remove the line."));

    private static string NameOf(string specification) => Blanks().Replace(Specification().Match(specification).Groups["name"].Value, "");

    private static string VersionOf(string specification)
        => Blanks().Replace(Specification().Match(specification).Groups["version"].Value, "").TrimStart('=');

    [GeneratedRegex(@"^(?<name>[^~<=>!]*)(?<version>.*)$", RegexOptions.Singleline)]
    private static partial Regex Specification();

    [GeneratedRegex(@"\s(?<option>--?[a-z][a-z-]{0,40})")]
    private static partial Regex PackageOption();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
