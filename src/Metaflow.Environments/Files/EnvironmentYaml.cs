using System.Text.RegularExpressions;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>environment.yml</c>: the lists <c>channels</c>, <c>dependencies</c> and <c>pypi-indices</c> with the lists
/// <c>pip</c> and <c>sys</c> in <c>dependencies</c>, as Metaflow's Conda V2 extension does, and <c>nuget-sources</c> and a list
/// <c>nuget</c> in <c>dependencies</c>.</summary>
/// <remarks>Lines are read one by one; other keys are ignored. Unlike in the extension an item that stands below the list <c>pip</c>, but
/// is indented as the list itself, belongs to conda again, as conda reads it; comments and quotes are allowed.</remarks>
internal sealed partial class EnvironmentYaml
{
    private const string Dependencies = "dependencies";

    private static readonly Dictionary<string, string> SourceLists = new(StringComparer.Ordinal)
    {
        ["channels"] = Categories.Conda,
        ["pypi-indices"] = Categories.PyPI,
        ["nuget-sources"] = Categories.NuGet,
    };

    private static readonly Dictionary<string, string> NestedLists = new(StringComparer.Ordinal)
    {
        ["pip"] = Categories.PyPI,
        ["sys"] = Categories.System,
        ["nuget"] = Categories.NuGet,
    };

    private readonly InputFile _file;
    private readonly RequirementBuilder _builder;
    private string _list = "";
    private (string Category, int Indent) _nested = (Categories.Conda, -1);

    private EnvironmentYaml(InputFile file)
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
        var reader = new EnvironmentYaml(file);
        foreach (var (number, text) in file.Lines)
        {
            var line = InputFile.WithoutComment(text);
            if (line.Length > 0 && line is not ("---" or "..."))
            {
                reader.Read(line, number);
            }
        }

        return reader._builder.Build();
    }

    private void Read(string line, int number)
    {
        var indent = line.Length - line.TrimStart(' ').Length;
        if (line[indent] == '\t')
        {
            throw NotUnderstood(line, number, "A tab indents the line, which YAML does not allow.", "Indent with blanks.");
        }

        var key = Key().Match(line);
        if (key.Success && indent == 0)
        {
            _list = key.Groups["key"].Value;
            _nested = (Categories.Conda, -1);
            ReadInline(key.Groups["rest"].Value, line, number);
        }
        else if (_list == Dependencies || SourceLists.ContainsKey(_list))
        {
            ReadItem(
                indent > 0 || line[0] == '-'
                    ? line[indent..]
                    : throw NotUnderstood(line, number, "This is neither a key nor an item of a list.", "Begin items of lists with '- '."),
                indent,
                number);
        }
    }

    private void ReadInline(string rest, string line, int number)
    {
        if ((_list != Dependencies && !SourceLists.ContainsKey(_list)) || rest.Length == 0)
        {
            return;
        }

        if (rest is not ['[', .., ']'])
        {
            throw NotUnderstood(line, number, $"'{_list}' is a list.", "Write each item on a line of its own, after '- '.");
        }

        foreach (var item in rest[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            ReadItem("- " + item, 0, number);
        }
    }

    private void ReadItem(string line, int indent, int number)
    {
        var item = Blanks().Replace(Unquoted(line.TrimStart('-', ' ')), " ");
        if (item.Length == 0)
        {
            return;
        }

        if (SourceLists.TryGetValue(_list, out var category))
        {
            _builder.AddSource(category, item);
            return;
        }

        if (item.EndsWith(':'))
        {
            _nested = NestedLists.TryGetValue(item[..^1].TrimEnd(), out var nested)
                ? (nested, indent)
                : throw NotUnderstood(line, number, "The lists in 'dependencies' are pip, sys and nuget.", "Correct or remove the list.");
            return;
        }

        if (DashedOption().IsMatch(line) || item[0] == '-')
        {
            throw _file.Error(
                ErrorCodes.OptionUnsupported,
                number,
                line,
                "Options of pip have no place in this file.",
                "Name indexes in a list 'pypi-indices', and packages one by one.");
        }

        ReadPackage(indent > _nested.Indent ? _nested.Category : Categories.Conda, item, line, number);
    }

    private void ReadPackage(string category, string item, string line, int number)
    {
        if (category == Categories.NuGet)
        {
            NuGetLine.Add(_builder, _file, item, number);
            return;
        }

        if (category == Categories.PyPI && AddressOf(item) is { } address)
        {
            _builder.Add(category, address, "", number);
            return;
        }

        var (name, sign, version) = Split(category, item, line, number);
        var constraint = sign is "" or "=" or "==" ? version : sign + version;
        if (name == "python" && category != Categories.System)
        {
            if (constraint.Length > 0)
            {
                _builder.SetPython(constraint, number);
            }
        }
        else if (category == Categories.System)
        {
            _builder.AddSystem(name, constraint, number);
        }
        else
        {
            _builder.Add(category, name, constraint, number);
        }
    }

    private (string Name, string Sign, string Version) Split(string category, string item, string line, int number)
    {
        var marker = "";
        var end = item.IndexOf(';', StringComparison.Ordinal);
        if (end >= 0 && (category != Categories.PyPI || !PythonMarker.TryNormalize(item[(end + 1)..], out marker)))
        {
            throw NotUnderstood(line, number, "What stands after ';' is no marker of a Python package.", "Correct or remove it.");
        }

        if (CondaRequirement.Split(end < 0 ? item : item[..end]) is not var (name, sign, version)
            || !(category == Categories.PyPI ? PythonName().IsMatch(name) : CondaRequirement.IsName(name)))
        {
            throw NotUnderstood(
                line, number, "This is no package with a version.", "Write name, name=1.2, name>=1,<2, or channel::name=1.2.");
        }

        return (Blanks().Replace(name, ""), sign, marker.Length == 0 ? version : $"{version};{marker}");
    }

    // An address gets a name: that of the fragment, or the last part of the path.
    private static string? AddressOf(string item)
    {
        var named = NamedAddress().Match(item);
        if (named.Success)
        {
            return $"{Blanks().Replace(named.Groups["name"].Value, "")}@{named.Groups["address"].Value}";
        }

        if (item[0] != '/' && !Scheme().IsMatch(item))
        {
            return null;
        }

        var egg = Egg().Match(item);
        var name = egg.Success ? egg.Groups["name"].Value : item.Split('#', '?')[0].TrimEnd('/').Split('/')[^1].Split('@')[0];
        return $"{(name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4] : name)}@{item}";
    }

    private static string Unquoted(string item)
        => item is ['"', .., '"'] or ['\'', .., '\''] ? item[1..^1].Trim() : item;

    private ConfigurationException NotUnderstood(string line, int number, string why, string fix)
        => _file.Error(ErrorCodes.LineNotUnderstood, number, line.Trim(), why, fix);

    [GeneratedRegex(@"^(?<key>[^\s:#-][^\s:]*)\s*:(?:\s+(?<rest>.*))?$")]
    private static partial Regex Key();

    [GeneratedRegex(@"^-\s+-{1,2}[A-Za-z]")]
    private static partial Regex DashedOption();

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]*\s*(?:\[[\w., -]*\])?$")]
    private static partial Regex PythonName();

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][\w.-]*\s*(?:\[[\w., -]*\])?)\s*@\s*(?<address>\S+)$")]
    private static partial Regex NamedAddress();

    [GeneratedRegex(@"^(?:git\+|(?:https?|ssh|file)://)")]
    private static partial Regex Scheme();

    [GeneratedRegex("[#&]egg=(?<name>[^&#]+)")]
    private static partial Regex Egg();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
