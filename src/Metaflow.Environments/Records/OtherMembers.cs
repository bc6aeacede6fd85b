using System.Text.Json;

namespace Metaflow.Environments.Records;

/// <summary>The members of a record that this version does not know: a later one, or a later extension, wrote them. They are kept when the
/// record is written again.</summary>
/// <param name="Members">The members in order, with their values as JSON.</param>
internal sealed record OtherMembers(IReadOnlyList<KeyValuePair<string, string>> Members)
{
    /// <summary>No such members.</summary>
    public static readonly OtherMembers None = new([]);

    /// <summary>Returns the unknown members of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="known">The names of the known members.</param>
    /// <returns>The others.</returns>
    public static OtherMembers Of(JsonElement record, params ReadOnlySpan<string> known)
    {
        List<KeyValuePair<string, string>>? others = null;
        foreach (var member in record.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                (others ??= []).Add(new(member.Name, member.Value.GetRawText()));
            }
        }

        return others is null ? None : new OtherMembers(others);
    }

    /// <summary>Writes the members.</summary>
    /// <param name="json">The writer, within the record.</param>
    public void Write(Utf8JsonWriter json)
    {
        foreach (var (name, value) in Members)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value);
        }
    }
}
