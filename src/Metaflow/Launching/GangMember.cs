using System.Globalization;

namespace Metaflow.Launching;

/// <summary>The ids of the tasks of a gang.</summary>
internal static class GangMember
{
    /// <summary>Returns the id of a task of a gang, as the reference makes it.</summary>
    /// <param name="controlTaskId">The id of the first task.</param>
    /// <param name="index">The task's index.</param>
    /// <returns>The id: the first task's own, or <c>7_node_1</c>.</returns>
    public static string IdOf(string controlTaskId, int index)
        => index == 0 ? controlTaskId : string.Create(CultureInfo.InvariantCulture, $"{controlTaskId}_node_{index}");
}
