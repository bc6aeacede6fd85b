using System.Net;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Settings;

namespace Metaflow.Environments.Settings;

/// <summary>The settings of packages of conda and of the Python package index. Those of Metaflow's extension have the same names.</summary>
internal sealed record PythonSettings
{
    private const string BuiltIn = "builtin";
    private const string OverridePrefix = "CONDA_OVERRIDE_";
    private const string ChannelsVariable = "CONDA_CHANNELS";
    private const string AliasVariable = "CONDA_CHANNEL_ALIAS";
    private const string PriorityVariable = "CONDA_CHANNEL_PRIORITY";

    private static readonly SettingDescription ChannelsSetting = new(
        "METAFLOW_CONDA_CHANNELS",
        SettingKind.Text,
        "It is a JSON list of the channels that packages of conda come from, the preferred one first. Without it, those of CONDA_CHANNELS "
            + "or of the user's .condarc count, or conda-forge.");

    private static readonly SettingDescription AliasSetting = new(
        "METAFLOW_CONDA_CHANNEL_ALIAS",
        SettingKind.Text,
        "It is the address that the names of channels are put behind. Without it, that of CONDA_CHANNEL_ALIAS or of the user's .condarc "
            + "counts.");

    private static readonly SettingDescription IndexSetting = new(
        "METAFLOW_CONDA_DEFAULT_PYPI_SOURCE",
        SettingKind.Text,
        "It is the address of the Python package index. Without it, pip's own counts.");

    private static readonly SettingDescription AccessSetting = new(
        "METAFLOW_CONDA_SRCS_AUTH_INFO",
        SettingKind.Text,
        "It is a JSON object with user and password by host: {\"packages.example.com\": [\"ada\", \"…\"]}.")
    { Default = "{}", };

    private static readonly SettingDescription MachinesSetting = new(
        "METAFLOW_CONDA_SYS_DEFAULT_PACKAGES",
        SettingKind.Text,
        "It is a JSON object that says, by kind of machine, what other machines have: {\"linux-64\": {\"__glibc\": \"2.28\"}}.")
    { Default = "{}" };

    private static readonly SettingDescription ResolverSetting = new(
        "METAFLOW_CONDA_DEPENDENCY_RESOLVER",
        SettingKind.Text,
        "It is what finds packages of conda: Metaflow itself, or a program on PATH.")
    { Default = BuiltIn };

    private PythonSettings()
    {
    }

    /// <summary>Gets all of these settings, for their plug-in.</summary>
    public static IReadOnlyList<SettingDescription> All { get; } =
        [ChannelsSetting, AliasSetting, IndexSetting, AccessSetting, MachinesSetting, ResolverSetting];

    /// <summary>Gets the channels, the preferred one first.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>Gets the address that the names of channels are put behind; <see langword="null"/> if none is known.</summary>
    public string? ChannelAlias { get; init; }

    /// <summary>Gets what the order of channels means, in conda's words; <see langword="null"/> if it is not set.</summary>
    public string? ChannelPriority { get; init; }

    /// <summary>Gets the address of the Python package index; <see langword="null"/> for pip's own.</summary>
    public string? Index { get; init; }

    /// <summary>Gets the program that finds packages of conda: <c>micromamba</c>, <c>mamba</c> or <c>conda</c>; <see langword="null"/> if
    /// Metaflow does it itself.</summary>
    public string? Program { get; init; }

    /// <summary>Gets the variables of the process, with which the program starts.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets user and password by host.</summary>
    public IReadOnlyDictionary<string, NetworkCredential> Access { get; init; } = new Dictionary<string, NetworkCredential>();

    /// <summary>Gets what other machines have, by kind of machine and name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Machines { get; init; }
        = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Gets the variables with which the user says what the machine has, such as <c>CONDA_OVERRIDE_CUDA</c>.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; init; } = new Dictionary<string, string>();

    /// <summary>Returns true if a variable of other tools decides which packages are found.</summary>
    /// <param name="variable">The variable's name.</param>
    /// <returns>Whether it does.</returns>
    public static bool Reads(string variable)
        => variable.StartsWith(OverridePrefix, StringComparison.Ordinal)
            || variable is ChannelsVariable or AliasVariable or PriorityVariable or CondaConfiguration.Variable;

    /// <summary>Returns the files of other tools that decide which packages are found.</summary>
    /// <param name="settings">All settings.</param>
    /// <returns>The absolute paths of files that need not exist.</returns>
    public static IEnumerable<string> FilesOf(MetaflowSettings settings) => CondaConfiguration.FilesOf(settings.Variables);

    /// <summary>Reads the settings.</summary>
    /// <param name="settings">All settings.</param>
    /// <returns>Those of packages of conda and of the Python package index.</returns>
    /// <exception cref="ConfigurationException">MF2004, MF2105: a value is wrong.</exception>
    public static PythonSettings Of(MetaflowSettings settings)
    {
        var reader = SettingReader.Of(settings);
        var variables = settings.Variables;
        var conda = CondaConfiguration.Read(variables);
        return new PythonSettings
        {
            Channels = Read(reader, ChannelsSetting, static json => json.EnumerateArray().Select(Text).ToList())
                ?? Given(variables) ?? (conda.Channels.Count > 0 ? conda.Channels : ["conda-forge"]),
            ChannelAlias = reader.Text(AliasSetting.Name) ?? Variable(variables, AliasVariable) ?? conda.ChannelAlias,
            ChannelPriority = Variable(variables, PriorityVariable) ?? conda.ChannelPriority,
            Index = reader.Text(IndexSetting.Name),
            Program = reader.Choice(
                ResolverSetting.Name, [BuiltIn, "micromamba", "mamba", "conda"],
                "Metaflow finds packages of conda itself, or asks one of these programs.") is var resolver && resolver != BuiltIn
                ? resolver : null,
            Variables = variables,
            Access = Read(reader, AccessSetting, static json => Members(json, static pair => Credential(pair))) ?? [],
            Machines = Read(
                reader, MachinesSetting,
                static json => Members(json, static IReadOnlyDictionary<string, string> (machine) => Members(machine, Text))) ?? [],
            Overrides = variables.Where(static pair => pair.Key.StartsWith(OverridePrefix, StringComparison.Ordinal))
                .ToDictionary(StringComparer.Ordinal),
        };
    }

    private static string[]? Given(IReadOnlyDictionary<string, string> variables)
        => Variable(variables, ChannelsVariable)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is { Length: > 0 } channels ? channels : null;

    private static string? Variable(IReadOnlyDictionary<string, string> variables, string name)
        => variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private static T? Read<T>(SettingReader reader, SettingDescription setting, Func<JsonElement, T> read)
        where T : class
    {
        if (reader.Text(setting.Name) is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw reader.Wrong(
                setting.Name, setting == AccessSetting ? "***" : text, "JSON of the form that the page of settings shows",
                $"'{setting.Default ?? "[]"}'");
        }
    }

    private static Dictionary<string, T> Members<T>(JsonElement json, Func<JsonElement, T> read)
        => json.EnumerateObject().ToDictionary(static member => member.Name, member => read(member.Value), StringComparer.Ordinal);

    private static NetworkCredential Credential(JsonElement pair)
        => pair.GetArrayLength() == 2 ? new NetworkCredential(Text(pair[0]), Text(pair[1])) : throw new FormatException();

    private static string Text(JsonElement json) => json.GetString() ?? throw new FormatException();
}
