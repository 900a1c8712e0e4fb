package io.github.eventbuffer.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/**
 * SQLite through xerial's driver: an insert per event, committed by itself, so that it survives the
 * process once the call returns.
 *
 * <p>Set up as "Write-Ahead Logging" and "PRAGMA synchronous" at sqlite.org advise for many small
 * writes: journal mode WAL, synchronous NORMAL, which forces at checkpoints only. One statement,
 * prepared once; the key is the row's number, so there is no second index.
 */
final class SqliteStore implements EventStore {
  private final ScratchDirectory directory = new ScratchDirectory();
  private final Connection connection;
  private final PreparedStatement insert;
  private byte[][] json = {};

  SqliteStore() throws IOException, SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    connection = config.createConnection("jdbc:sqlite:" + directory.path().resolve("events.db"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, json BLOB NOT NULL)");
    }
    insert = connection.prepareStatement("INSERT INTO events (json) VALUES (?)");
  }

  @Override
  public void prepare(long first, int count) {
    json = CheckoutEvent.jsons(first, count);
  }

  @Override
  public void append(int event) throws SQLException {
    insert.setBytes(1, json[event]);
    insert.executeUpdate();
  }

  @Override
  public long missing(long events) throws SQLException {
    IdLedger ledger = new IdLedger();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT json FROM events")) {
      while (rows.next()) {
        ledger.enterEvent(rows.getBytes(1));
      }
    }
    return ledger.missing(events);
  }

  @Override
  public void close() throws IOException {
    try {
      insert.close();
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    } finally {
      directory.close();
    }
  }
}
